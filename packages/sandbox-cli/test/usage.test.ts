import { expect, test } from "vitest";
import { Installation } from "./cli.js";

async function run(...words: string[]) {
  await using installation = new Installation();
  return await installation.run(words);
}

test.each([
  { words: ["run"], says: "missing required argument" },
  { words: ["run", "--bogus", "x"], says: "unknown option '--bogus'" },
  { words: ["runn", "x"], says: "Did you mean run?" },
  { words: ["run", "--memory", "512", "true"], says: "512m" },
  { words: ["run", "--timeout", "5", "true"], says: "90s" },
  { words: ["run", "--network", "lan", "true"], says: "Allowed choices are open, none" },
  { words: ["run", "-v", "relative", "true"], says: "SOURCE:TARGET" },
  { words: ["run", "--ttl", "1h", "true"], says: "--keep" },
  { words: ["run", "--keep", "2h", "true"], says: "--keep=2h" },
  { words: ["run", "-it", "sh"], says: "needs a terminal" },
  { words: ["run", "--engine-option", "a=b", "true"], says: "--engine" },
  { words: ["doctor", "--engine-option", "a=b"], says: "which engine it is for" },
  { words: ["exec", "box"], says: "missing required argument" },
  { words: ["exec", "box", "-it", "sh"], says: "options stand before the sandbox" },
  { words: ["conformance", "local", "--only", "G13"], says: "no such check" },
  { words: ["cp", "a", "b"], says: "SANDBOX:PATH" },
  { words: ["cp", "one:/a", "two:/b"], says: "SANDBOX:PATH" },
])("refuses $words with exit code 2", async ({ words, says }) => {
  const { exitCode, stdout, stderr } = await run(...words);
  expect(stderr).toContain(says);
  expect(stderr).toMatch(/^sandbox: /);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

test("does not repeat a secret that was written on the command line", async () => {
  const { exitCode, stderr } = await run("run", "--secret", "TOKEN=hunter2", "--verbose", "true");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--secret TOKEN=@FILE");
  expect(stderr).not.toContain("hunter2");
});

test("prints help and version on standard output", async () => {
  const help = await run("run", "--help");
  expect(help.exitCode).toBe(0);
  expect(help.stdout).toContain("Usage: sandbox run [options] [--] <command...>");
  const version = await run("--version");
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
  expect(version.exitCode).toBe(0);
});

test("an engine that is not installed is told with the command that installs it", async () => {
  const { exitCode, stderr } = await run("run", "--engine", "no-such-engine", "true");
  expect(exitCode).toBe(125);
  expect(stderr).toContain("npm install --global @nanoclaw/sandbox-no-such-engine");
});
