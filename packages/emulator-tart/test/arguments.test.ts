import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "@nanoclaw/emulator-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Parsed } from "../src/arguments/parsed.js";
import { tart as program } from "../src/arguments/program.js";
import { installEmulator, type TartEmulator } from "../src/emulator.js";
import { settingsOf } from "../src/store/settings.js";
import { type CommandResult, tart } from "./cli.js";
import { type Refused, refusedByCommand, refusedByParser } from "./refused-arguments.js";
import { complaint, usages } from "./usages.js";

let emulator: TartEmulator;
const results = new Map<readonly string[], CommandResult>();

/** Lists that are understood: arguments, exit code, stdout, stderr. */
const understood: readonly (readonly [readonly string[], number, string, string])[] = [
  [["--version"], 0, "2.40.1\n", ""],
  [["list", "--version"], 0, "2.40.1\n", ""],
  [["get", "--version"], 0, "2.40.1\n", ""],
  [["--version", "list"], 0, "2.40.1\n", ""],
  [["list"], 0, "\n", ""],
  [["list", "--"], 0, "\n", ""],
  [["list", "--quiet"], 0, "\n", ""],
  [["list", "-q", "-q"], 0, "\n", ""],
  [["list", "--quiet="], 0, "\n", ""],
  [["list", "--source=local", "--format=text"], 0, "\n", ""],
  [["list", "--source", "oci", "--format", "json"], 0, "[\n\n]\n", ""],
  [["list", "--format", "json", "--format", "text"], 0, "\n", ""],
  [["list", "--format=", "json"], 0, "[\n\n]\n", ""],
  [["get", "vm"], 2, "", 'the specified VM "vm" does not exist\n'],
  [["get", "--format", "json", "vm"], 2, "", 'the specified VM "vm" does not exist\n'],
  [["get", "--", "--vm"], 2, "", 'the specified VM "--vm" does not exist\n'],
  [["get", "--", "---"], 2, "", 'the specified VM "---" does not exist\n'],
  [["get", "--", "--"], 2, "", 'the specified VM "--" does not exist\n'],
  [["get", "-"], 2, "", 'the specified VM "-" does not exist\n'],
  [["get", "a b"], 2, "", 'the specified VM "a b" does not exist\n'],
  [["get", "a=b"], 2, "", 'the specified VM "a=b" does not exist\n'],
  [["get", "ghcr.io/a/b:latest"], 2, "", 'the specified VM "ghcr.io/a/b:latest" does not exist\n'],
  [["delete", "a", "b"], 2, "", 'the specified VM "a" does not exist\n'],
  [["delete", "ghcr.io/a/b"], 2, "", 'the specified VM "ghcr.io/a/b:latest" does not exist\n'],
  [["clone", "a", "b"], 2, "", 'the specified VM "a" does not exist\n'],
  [["clone", "--insecure", "a", "--concurrency=1", "b"], 2, "", 'the specified VM "a" does not exist\n'],
  [["set", "vm", "--cpu", "+4"], 2, "", 'the specified VM "vm" does not exist\n'],
  [["set", "vm", "--cpu", "007"], 2, "", 'the specified VM "vm" does not exist\n'],
  [["set", "vm", "--display", "nonsense"], 2, "", 'the specified VM "vm" does not exist\n'],
  [["set", "vm", "--display-refit", "--no-display-refit"], 2, "", 'the specified VM "vm" does not exist\n'],
  [["rename", "a", "b"], 64, "", complaint("failed to rename a non-existent local VM: a", "root")],
  [["fqn", "anything"], 0, "anything\n", ""],
  [
    ["fqn", "ghcr.io/a/b"],
    1,
    "",
    "OCI storage error: ghcr.io/a/b:latest is not a digest and doesn't point to a digest\n",
  ],
  [["prune", "--older-than=0"], 0, "", ""],
  [["prune", "--cache-budget", "1"], 0, "", "--cache-budget is deprecated, please use --space-budget\n"],
];

function rows(refused: readonly Refused[]) {
  return refused.map(([argv, message, usage, help]) => ({ argv, message, usage, help }));
}

/** Lists that are answered by the help of a command. */
const helped: readonly (readonly [readonly string[], keyof typeof usages])[] = [
  [[], "root"],
  [["--help"], "root"],
  [["-h"], "root"],
  [["help"], "root"],
  [["help", "nothing"], "root"],
  [["--help", "list"], "root"],
  [["--foo", "--help"], "root"],
  [["help", "list"], "list"],
  [["help", "--help"], "root"],
  [["list", "--help"], "list"],
  [["list", "-h"], "list"],
  [["list", "-qh"], "list"],
  [["list", "x", "--nope", "--help"], "list"],
  [["list", "--source", "x", "--help"], "list"],
  [["clone", "--help"], "clone"],
  [["clone", "a", "b/c", "--help"], "clone"],
  [["exec", "--help"], "exec"],
  [["exec", "--help", "vm"], "exec"],
  [["exec", "-ih"], "exec"],
  [["run", "--help"], "run"],
  [["help", "fqn"], "fqn"],
];

beforeAll(async () => {
  emulator = await installEmulator();
  // Those that reach a command, and some of the others: each costs a process, and the rest is asked in this one.
  const others = [...refusedByParser, ...refusedByCommand, ...helped].filter((_, index) => index % 16 === 0);
  const queue = [...understood, ...others].map(([argv]) => argv);
  const work = async () => {
    for (let argv = queue.shift(); argv !== undefined; argv = queue.shift()) {
      results.set(argv, await tart(emulator, argv));
    }
  };
  await Promise.all([work(), work()]);
});

/** What a list that reaches no command is answered. */
function answer(argv: readonly string[]) {
  const outcome = readArguments(program, argv, settingsOf({}));
  if (outcome.type !== "answer") return outcome;
  const { exitCode, stdout = "", stderr = "" } = outcome;
  return { exitCode, stdout, stderr };
}

/** The same from the executable, where it was asked. */
function expectFromExecutable(argv: readonly string[]): void {
  const result = results.get(argv);
  if (result !== undefined) expect(result).toEqual({ ...answer(argv), signal: null });
}

afterAll(() => emulator[Symbol.asyncDispose]());

describe("arguments that the parser refuses", () => {
  it.each(rows(refusedByParser))("tart $argv: $message", ({ argv, message, usage, help }) => {
    expect(answer(argv)).toEqual({ exitCode: 64, stdout: "", stderr: complaint(message, usage, help) });
    expectFromExecutable(argv);
  });
});

describe("arguments that a command refuses", () => {
  it.each(rows(refusedByCommand))("tart $argv: $message", ({ argv, message, usage, help }) => {
    expect(answer(argv)).toEqual({ exitCode: 64, stdout: "", stderr: complaint(message, usage, help) });
    expectFromExecutable(argv);
  });
});

describe("arguments that are understood", () => {
  it.each(understood)("tart %j: %i", (argv, exitCode, stdout, stderr) => {
    expect(results.get(argv)).toEqual({ exitCode, signal: null, stdout, stderr });
  });
});

describe("arguments that ask for help", () => {
  it.each(helped)("tart %j: help of %s, on stdout", (argv, command) => {
    const stdout = expect.stringContaining(`\n\nUSAGE: ${usages[command]}\n\n`);
    expect(answer(argv)).toEqual({ exitCode: 0, stdout, stderr: "" });
    expectFromExecutable(argv);
  });
});

describe("what stands after the name in exec", () => {
  it.each([
    [["exec", "vm", "ls", "-la"], [], ["ls", "-la"]],
    [["exec", "-it", "vm", "ls"], ["i", "t"], ["ls"]],
    [["exec", "-i", "-t", "vm", "-i"], ["i", "t"], ["-i"]],
    [["exec", "vm", "-i", "-t"], [], ["-i", "-t"]],
    [["exec", "vm", "--help"], [], ["--help"]],
    [["exec", "vm", "ls", "--version", "-h"], [], ["ls", "--version", "-h"]],
    [["exec", "vm", "--", "ls"], [], ["--", "ls"]],
    [["exec", "--", "vm", "ls"], [], ["ls"]],
    [["exec", "-t", "--", "vm", "---", "-=x"], ["t"], ["---", "-=x"]],
    [["exec", "--", "vm", "--", "ls"], [], ["--", "ls"]],
    [["exec", "vm", "sh", "-c", "exit 3", "--opt=value", ""], [], ["sh", "-c", "exit 3", "--opt=value", ""]],
  ])("%j", (argv, flags, command) => {
    const parsed = parsedFrom(argv);
    expect(parsed.text("name")).toBe("vm");
    expect(["i", "t"].filter((flag) => parsed.flag(flag))).toEqual(flags);
    expect(parsed.texts("command")).toEqual(command);
  });
});

describe("options of other commands", () => {
  it("stand before, between and after what has no name", () => {
    for (const argv of [
      ["ip", "--wait", "3", "--resolver=agent", "vm"],
      ["ip", "vm", "--wait=3", "--resolver", "agent"],
      ["ip", "--wait", "9", "vm", "--resolver", "arp", "--resolver", "agent", "--wait", "3"],
    ]) {
      const parsed = parsedFrom(argv);
      expect([parsed.text("name"), parsed.number("wait"), parsed.text("resolver")]).toEqual([
        "vm",
        3,
        "agent",
      ]);
    }
  });

  it("add up where they may stand several times, one value each", () => {
    const parsed = parsedFrom([
      "run",
      "--dir",
      "a:/a",
      "vm",
      "--dir=b:/b:ro",
      "--no-graphics",
      "--no-graphics",
    ]);
    expect(parsed.texts("dir")).toEqual(["a:/a", "b:/b:ro"]);
    expect([parsed.text("name"), parsed.flag("no-graphics"), parsed.flag("vnc")]).toEqual([
      "vm",
      true,
      false,
    ]);
  });

  it("take values with dashes and equals signs after an equals sign", () => {
    const parsed = parsedFrom(["run", "vm", "--root-disk-opts=--x=y", "--rosetta=-"]);
    expect([parsed.text("root-disk-opts"), parsed.text("rosetta")]).toEqual(["--x=y", "-"]);
    expect(parsedFrom(["run", "vm", "--rosetta", "-"]).text("rosetta")).toBe("-");
  });

  it("have the documented defaults", () => {
    expect(parsedFrom(["stop", "vm"]).number("timeout")).toBe(30);
    expect(parsedFrom(["ip", "vm"]).number("wait")).toBe(0);
    expect(parsedFrom(["create", "vm", "--linux"]).number("disk-size")).toBe(50);
    expect(parsedFrom(["set", "vm"]).optionalFlag("display-refit")).toBeUndefined();
  });
});

function parsedFrom(argv: readonly string[]): Parsed {
  const outcome = readArguments(program, argv, settingsOf({}));
  if (outcome.type !== "run") throw new Error(outcome.stderr);
  return outcome.parsed;
}

describe("an older release", () => {
  it.each([
    ["2.26.3", ["exec", "vm", "ls"], "3 unexpected arguments: 'exec', 'vm', 'ls'"],
    ["2.5.0", ["fqn", "vm"], "2 unexpected arguments: 'fqn', 'vm'"],
    ["2.9.0", ["run", "vm", "--no-clipboard"], "Unknown option '--no-clipboard'"],
    ["2.9.0", ["set", "vm", "--random-mac"], "Unknown option '--random-mac'"],
    ["2.33.0", ["run", "vm", "--net-softnet-control-fd=3"], "Unknown option '--net-softnet-control-fd'"],
    ["2.28.4", ["clone", "a", "b", "--prune-limit=1"], "Unknown option '--prune-limit'"],
  ])("%s does not know %j", (version, argv, message) => {
    const outcome = readArguments(program, argv, settingsOf({ version }));
    expect(outcome).toMatchObject({ type: "answer", exitCode: 64 });
    expect(outcome).toHaveProperty("stderr", expect.stringMatching(`^Error: ${message}\n`));
  });

  it("of macOS has no suspend", () => {
    expect(readArguments(program, ["suspend", "vm"], settingsOf({ hostMacOS: 13 }))).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("Error: 2 unexpected arguments: 'suspend', 'vm'"),
    });
  });
});

it("has over 150 lists, and leaves nothing behind", () => {
  const lists = [...refusedByParser, ...refusedByCommand, ...understood, ...helped];
  expect(new Set(lists.map(([argv]) => JSON.stringify(argv))).size).toBe(lists.length);
  expect(lists.length).toBeGreaterThan(150);
  expect(readdirSync(join(emulator.home, "vms"))).toEqual([]);
  expect(emulator.leftovers()).toEqual([]);
});
