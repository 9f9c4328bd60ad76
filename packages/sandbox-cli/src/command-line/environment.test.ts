import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readEnvironment } from "./environment.js";
import { readSecrets } from "./secrets.js";
import { UsageError } from "./usage-error.js";

const directory = mkdtempSync(join(tmpdir(), "sandbox-cli-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test("splits at the first equals sign and keeps the rest", () => {
  expect(readEnvironment({ env: ["A=b=c", "EMPTY=", "LINES=a\nb"] }, {})).toEqual({
    A: "b=c",
    EMPTY: "",
    LINES: "a\nb",
  });
});

test("passes the host's value on when only a name is given", () => {
  expect(readEnvironment({ env: ["HOME_TOWN"] }, { HOME_TOWN: "Ghent" })).toEqual({ HOME_TOWN: "Ghent" });
  expect(() => readEnvironment({ env: ["HOME_TOWN"] }, {})).toThrow("HOME_TOWN is not set on the host");
});

test("reads files first, and lets --env win", () => {
  const envFile = [file("a.env", "A=1\nB='two words'\n# comment\n"), file("b.env", "A=2\n")];
  expect(readEnvironment({ envFile, env: ["B=3"] }, {})).toEqual({ A: "2", B: "3" });
});

test("refuses a name that is empty and a file that is not there", () => {
  expect(() => readEnvironment({ env: ["=x"] }, {})).toThrow(UsageError);
  expect(() => readEnvironment({ envFile: [join(directory, "missing")] }, {})).toThrow(/ENOENT.*missing/);
});

test("takes a secret from the host's environment or from a file", () => {
  const path = file("token", "from a file\n");
  expect(readSecrets(["TOKEN", `OTHER=@${path}`], { TOKEN: "from the host" })).toEqual({
    TOKEN: "from the host",
    OTHER: "from a file",
  });
});

test("takes away one newline at the end of a secret file, not more", () => {
  expect(readSecrets([`A=@${file("two", "x\n\n")}`], {})).toEqual({ A: "x\n" });
});

test("refuses a secret's value on the command line without repeating it", () => {
  const refused = () => readSecrets(["TOKEN=hunter2"], {});
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(/^(?!.*hunter2).*--secret TOKEN=@FILE/);
});

test("refuses a secret file that is not text without repeating it", () => {
  const path = file("binary", Buffer.from([0x68, 0xff, 0xfe]));
  expect(() => readSecrets([`A=@${path}`], {})).toThrow("not UTF-8");
});

test("refuses a file that is a pipe, of which nothing may be left", () => {
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(() => readEnvironment({ envFile: [pipe] }, {})).toThrow("must be a regular file, not a pipe");
});
