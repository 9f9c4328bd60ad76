import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { profiles } from "../agents/profiles.js";
import { type Installation, installationAt } from "../installation.js";
import { redactor } from "./redaction.js";
import { readSecrets, type SecretSource } from "./secrets.js";

let root: string;
let installation: Installation;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ncsecrets-"));
  mkdirSync(root, { recursive: true });
  installation = installationAt({ root, environment: { HOME: root } });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const read = (...sources: SecretSource[]) => readSecrets(profiles.claude, installation, { sources });

test("S3: takes the agent's own names and no others that look like keys; F8: the OAuth token too", async () => {
  writeFileSync(
    join(root, ".env"),
    "ANTHROPIC_API_KEY=one\nSTRIPE_API_KEY=two\nCLAUDE_CODE_OAUTH_TOKEN='th$r\"ee'\n",
  );
  vi.stubEnv("OPENAI_API_KEY", "four");
  expect(await readSecrets(profiles.claude, installation)).toEqual({
    ANTHROPIC_API_KEY: "one",
    CLAUDE_CODE_OAUTH_TOKEN: 'th$r"ee',
  });
  expect(await read({ from: "file" }, { from: "environment" })).not.toHaveProperty("OPENAI_API_KEY");
  expect(
    await readSecrets(profiles.claude, installation, {
      sources: [{ from: "environment" }],
      names: ["OPENAI_API_KEY"],
    }),
  ).toEqual({ OPENAI_API_KEY: "four" });
});

test("a missing .env is none, a named file that is missing is a mistake", async () => {
  expect(await read({ from: "file" })).toEqual({});
  await expect(read({ from: "file", path: join(root, "no") })).rejects.toThrow(/ENOENT/);
});

test("S4: a command is run without a shell, with words as they are", async () => {
  const script = "process.stdout.write('ANTHROPIC_API_KEY=' + process.argv[1])";
  const argv = [process.execPath, "-e", script, "$(id)`x`"];
  expect(await read({ from: "command", argv })).toEqual({ ANTHROPIC_API_KEY: "$(id)`x`" });
});

test.each([
  [
    "exits with 3",
    ["console.log('ANTHROPIC_API_KEY=sesame');console.error('sesame');process.exit(3)"],
    /exited with 3/,
  ],
  ["never ends", ["console.log('sesame');setInterval(()=>{},1000)"], /within 1500 ms/],
  ["prints without end", ["process.stdout.write('sesame'.repeat(100000))"], /more than 65536 bytes/],
])("a command that %s is told without what it printed", async (_name, [script = ""], words) => {
  const reading = read({ from: "command", argv: [process.execPath, "-e", script], timeoutMs: 1_500 });
  const error = await reading.then(
    () => undefined,
    (failure: Error) => failure,
  );
  expect(error?.message).toMatch(words);
  expect(`${error?.stack} ${JSON.stringify(error)} ${error?.cause}`).not.toContain("sesame");
  expect(error?.cause).toBeUndefined();
});

test("S2: redaction finds a secret as it is, in JSON, in an address, and in base64", () => {
  const secret = 'k"e\\y /1';
  const redact = redactor({ A: secret, B: "k", LONG: `${secret}-more` });
  const forms = [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
  ];
  expect(redact(forms.join(" | "))).toBe('[secret] | "[secret]" | [secret] | [secret]');
  expect(redact(`${secret}-more`)).toBe("[secret]");
});
