import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defineCapabilities } from "../src/contract/capabilities.js";
import { checkCommand, checkExecOptions, checkSpawnOptions } from "../src/internal/check-command.js";
import { checkCreate } from "../src/internal/check-create.js";

const directory = mkdtempSync(join(tmpdir(), "sandbox-check-"));
const file = join(directory, "file");
writeFileSync(file, "");
afterAll(() => rmSync(directory, { recursive: true }));

const everything = defineCapabilities({
  isolation: "container",
  images: true,
  users: true,
  terminals: true,
  mounts: { directories: true, files: true, readOnly: true, nested: true },
  limits: { cpuCount: true, memoryMiB: true, diskGiB: true, pidCount: true },
  network: { open: true, none: true },
  ports: "create",
  keep: true,
});
const nothing = defineCapabilities({ network: { open: true } });
const mount = { source: directory, target: "/work" };

describe("refuses with what to write instead", () => {
  const bad: [string, unknown][] = [
    ["an unknown option", { imgae: "x" }],
    ["options that are no object", "node:22"],
    ["an image with a space", { image: "node 22" }],
    ["an image that looks like an option", { image: "$(id)" }],
    ["a name of one letter", { name: "a" }],
    ["a name with a slash", { name: "a/b" }],
    ["a name with a line end", { name: "ab\n" }],
    ["a variable with a dash in its name", { env: { "A-B": "1" } }],
    ["a variable with NUL", { env: { A: "\0" } }],
    ["a variable that is a number", { env: { A: 1 } }],
    ["a variable of the shell", { env: { UID: "1" } }],
    ["a secret over 128 KiB", { secrets: { A: "x".repeat(128 * 1024) } }],
    ["a name that is env and secret", { env: { A: "1" }, secrets: { A: "2" } }],
    ["a relative workdir", { workdir: "work" }],
    ["a workdir with ..", { workdir: "/work/../etc" }],
    ["a user with a space", { user: "a b" }],
    ["a label with a space", { labels: { "a b": "" } }],
    ["a reserved label", { labels: { "dev.nanoclaw.x": "" } }],
    ["a label that is a number", { labels: { a: 1 } }],
    ["a relative mount source", { mounts: [{ source: "src", target: "/work" }] }],
    ["a missing mount source", { mounts: [{ source: join(directory, "none"), target: "/work" }] }],
    ["a mount target twice", { mounts: [mount, { source: file, target: "/work/" }] }],
    ["a mount onto the root", { mounts: [{ source: directory, target: "/" }] }],
    ["a mount with a misspelt mode", { mounts: [{ ...mount, readonly: false }] }],
    ["a mount target with a line end", { mounts: [{ source: directory, target: "/a\nb" }] }],
    ["a limit of zero", { limits: { memoryMiB: 0 } }],
    ["a negative limit", { limits: { cpuCount: -1 } }],
    ["a limit that is no number", { limits: { pidCount: Number.NaN } }],
    ["an unknown limit", { limits: { memory: 1 } }],
    ["an unknown network", { network: "host" }],
    ["a port out of range", { ports: [70_000] }],
    ["a port twice", { ports: [80, 80] }],
    ["a lifetime in seconds", { lifetime: { ttl: 60 } }],
    ["a lifetime of no time", { lifetime: { ttlMs: 0 } }],
    ["an unknown isolation", { requires: { isolation: "strong" } }],
    ["a timeout of zero", { timeoutMs: 0 }],
    ["a timeout that a timer cannot hold", { timeoutMs: 2 ** 31 }],
    ["a signal that is none", { signal: {} }],
  ];
  for (const [what, options] of bad) {
    test(what, async () => {
      const refusal = await checkCreate("engine", everything, options as object).catch((error) => error);
      expect(refusal).toMatchObject({ code: "invalid_argument", hint: expect.stringMatching(/\w/) });
    });
  }

  const commands: [string, unknown, object?][] = [
    ["an empty command", []],
    ["a command that is a number", 1],
    ["an argument with NUL", ["a", "\0"]],
    ["an argument over 128 KiB", ["a", "x".repeat(128 * 1024)]],
    ["an empty program name", ["", "x"]],
    ["a relative cwd", ["a"], { cwd: "work" }],
    ["a cwd with NUL", ["a"], { cwd: "/\0" }],
  ];
  for (const [what, command, options = {}] of commands) {
    test(what, () => {
      expect(() => checkCommand(command, options, everything, "/bin/sh")).toThrow(
        expect.objectContaining({ code: "invalid_argument" }),
      );
    });
  }

  test("unknown options of exec and spawn", () => {
    expect(() => checkExecOptions({ timeout: 1 } as object)).toThrow(
      expect.objectContaining({ hint: "Did you mean timeoutMs?" }),
    );
    expect(() => checkExecOptions({ input: 1 } as object)).toThrow(/string or bytes/);
    expect(() => checkSpawnOptions({ check: true } as object, everything)).toThrow(/no option/);
  });

  test("an input that spawn cannot give", () => {
    expect(() => checkSpawnOptions({ input: 1 } as object, everything)).toThrow(/string or bytes/);
    expect(() => checkSpawnOptions({ input: "", stdin: true }, everything)).toThrow(/all of stdin/);
    expect(() => checkSpawnOptions({ input: "", tty: true }, everything)).toThrow(/live input/);
    expect(() => checkSpawnOptions({ input: "" }, everything)).not.toThrow();
  });
});

describe("refuses as unsupported what is not declared", () => {
  const undeclared: object[] = [
    { image: "a" },
    { user: "a" },
    { mounts: [mount] },
    { mounts: [{ source: file, target: "/a" }] },
    { limits: { cpuCount: 1 } },
    { limits: { memoryMiB: 64 } },
    { limits: { diskGiB: 1 } },
    { limits: { pidCount: 64 } },
    { network: "none" },
    { ports: [80] },
    { lifetime: { ttlMs: 1000 } },
    { requires: { isolation: "process" } },
  ];
  for (const options of undeclared) {
    test(JSON.stringify(options).replaceAll(directory, ""), async () => {
      await expect(checkCreate("engine", nothing, options)).rejects.toMatchObject({ code: "unsupported" });
    });
  }

  test("allow-lists, everywhere", async () => {
    await expect(checkCreate("engine", everything, { network: { allow: ["a"] } })).rejects.toMatchObject({
      code: "unsupported",
    });
  });

  test("a wall that is too weak, and takes one that is strong enough", async () => {
    const vm = { requires: { isolation: "vm" } } as const;
    await expect(checkCreate("engine", everything, vm)).rejects.toMatchObject({ code: "unsupported" });
    await checkCreate("engine", everything, { requires: { isolation: "process" } });
  });
});

test("gives every default", async () => {
  expect(await checkCreate("engine", everything, { mounts: [mount] })).toEqual({
    env: {},
    labels: {},
    secrets: {},
    mounts: [{ ...mount, readOnly: true }],
    limits: {},
    network: "open",
    ports: [],
    lifetime: "owner",
  });
});

test("never shows the value of a secret", async () => {
  for (const secrets of [{ A: "hush\0" }, { A: `hush${"x".repeat(128 * 1024)}` }]) {
    const refusal = await checkCreate("engine", everything, { secrets }).catch((error) => error);
    expect(JSON.stringify(refusal) + refusal.message + refusal.hint).not.toMatch(/hush/);
  }
});
