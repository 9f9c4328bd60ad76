import { type Parsed, readArguments } from "@nanoclaw/emulator-base";
import { describe, expect, it } from "vitest";
import { container } from "../src/arguments/program.js";
import { loadCommand } from "../src/commands/all.js";
import { type EmulatorSettings, settingsOf } from "../src/state/settings.js";
import { refused } from "./refused-arguments.js";
import { complaint, type UsageOf, usages } from "./usages.js";

const version = "container CLI version 1.2.2 (build: release, commit: 0190097)\n";

/** Lists that are answered by the help of a command. */
const helped: readonly (readonly [readonly string[], UsageOf])[] = [
  [["--help"], "root"],
  [["-h"], "root"],
  [["help"], "root"],
  [["help", "nothing"], "root"],
  [["image"], "image"],
  [["image", "--help"], "image"],
  [["--debug", "image"], "image"],
  [["help", "image"], "image"],
  [["help", "image", "list"], "image list"],
  [["help", "i", "ls"], "image list"],
  [["i", "ls", "-h"], "image list"],
  [["list", "--help"], "list"],
  [["ls", "-h"], "list"],
  [["list", "-ah"], "list"],
  [["list", "x", "--nope", "--help"], "list"],
  [["run", "--help"], "run"],
  [["run", "-h", "myhost", "img"], "run"],
  [["run", "-d", "-h", "img"], "run"],
  [["exec", "--help", "id", "ls"], "exec"],
  [["exec", "-ith", "id"], "exec"],
  [["network", "create", "--subnet", "x", "--help", "n"], "network create"],
  [["system", "kernel", "set", "-h"], "system kernel set"],
];

/** And by the version of the program. */
const versioned: readonly (readonly string[])[] = [
  ["--version"],
  ["list", "--version"],
  ["run", "--version", "img"],
  ["image", "list", "--version"],
  ["system", "--version"],
];

describe("arguments that are refused", () => {
  it.each(
    refused.map(([argv, message, usage, help]) => ({ argv, message, usage, help, line: argv.join(" ") })),
  )("container $line: $message", ({ argv, message, usage, help }) => {
    expect(answer(argv)).toEqual({ exitCode: 64, stdout: "", stderr: complaint(message, usage, help) });
  });
});

describe("arguments that ask for help", () => {
  it.each(helped)("container %j: help of %s, on stdout", (argv, command) => {
    const stdout = expect.stringContaining(`\n\nUSAGE: ${usages[command]}\n\n`);
    expect(answer(argv)).toEqual({ exitCode: 0, stdout, stderr: "" });
  });
});

it.each(versioned.map((argv) => ({ argv })))("container $argv: the version, on stdout", ({ argv }) => {
  expect(answer(argv)).toEqual({ exitCode: 0, stdout: version, stderr: "" });
});

describe("what stands after the image or the id", () => {
  it.each([
    [["run", "img", "ls", "-la"], [], ["ls", "-la"]],
    [["run", "-it", "--rm", "img"], ["interactive", "tty", "rm"], []],
    [["run", "img", "--rm"], [], ["--rm"]],
    [["run", "img", "--help"], [], ["--help"]],
    [["run", "img", "--version", "-h"], [], ["--version", "-h"]],
    [["run", "img", "--debug"], [], ["--debug"]],
    [["run", "img", "--", "ls"], [], ["--", "ls"]],
    [["run", "--", "img", "ls"], [], ["ls"]],
    [["run", "--rm", "--", "img", "---", "-=x", "--rm"], ["rm"], ["---", "-=x", "--rm"]],
    [["run", "--", "img", "--", "ls"], [], ["--", "ls"]],
    [["run", "img", "sh", "-c", "exit 3", "--opt=value", ""], [], ["sh", "-c", "exit 3", "--opt=value", ""]],
  ])("%j", (argv, flags, words) => {
    const parsed = parsedFrom(argv);
    expect(parsed.text("image")).toBe("img");
    expect(["interactive", "tty", "rm"].filter((flag) => parsed.flag(flag))).toEqual(flags);
    expect(parsed.texts("arguments")).toEqual(words);
    expect(parsed.flag("debug")).toBe(false);
  });

  it("is for the guest in exec, too", () => {
    expect(parsedFrom(["exec", "-i", "id", "ls", "-i", "--debug"]).texts("arguments")).toEqual([
      "ls",
      "-i",
      "--debug",
    ]);
    expect(parsedFrom(["exec", "id", "--", "ls"]).texts("arguments")).toEqual(["--", "ls"]);
    expect(parsedFrom(["exec", "--", "id", "ls"]).texts("arguments")).toEqual(["ls"]);
  });
});

describe("options", () => {
  it("take their values in every form", () => {
    for (const argv of [
      ["run", "--env", "A=1", "img"],
      ["run", "--env=A=1", "img"],
      ["run", "-e", "A=1", "img"],
      ["run", "-e=A=1", "img"],
      ["run", "--env=", "A=1", "img"],
    ]) {
      expect(parsedFrom(argv).texts("env")).toEqual(["A=1"]);
    }
  });

  it("take an empty word and a lone dash", () => {
    expect(parsedFrom(["run", "--entrypoint", "", "img"]).text("entrypoint")).toBe("");
    expect(parsedFrom(["run", "--name", "-", "img"]).text("name")).toBe("-");
    expect(parsedFrom(["run", "--name=-x", "img"]).text("name")).toBe("-x");
  });

  it("add up, or the last one counts", () => {
    const parsed = parsedFrom(["run", "-e", "A=1", "--name", "a", "-e", "B=2,3", "--name=b", "img"]);
    expect([parsed.texts("env"), parsed.text("name")]).toEqual([["A=1", "B=2,3"], "b"]);
  });

  it("have several names", () => {
    expect(parsedFrom(["run", "--remove", "img"]).flag("rm")).toBe(true);
    expect(parsedFrom(["run", "--cwd", "/x", "img"]).text("workdir")).toBe("/x");
    expect(parsedFrom(["exec", "--workdir=/x", "id", "ls"]).text("workdir")).toBe("/x");
  });

  it("stand anywhere in commands for the program alone", () => {
    for (const argv of [
      ["stop", "-t", "3", "a", "b"],
      ["stop", "a", "--time=3", "b"],
      ["stop", "a", "b", "-t=3"],
    ]) {
      const parsed = parsedFrom(argv);
      expect([parsed.texts("container-ids"), parsed.number("time")]).toEqual([["a", "b"], 3]);
    }
  });

  it("have the documented defaults", () => {
    expect(parsedFrom(["stop", "x"]).number("time")).toBe(5);
    expect(parsedFrom(["stop", "x"]).optionalText("signal")).toBeUndefined();
    expect(parsedFrom(["kill", "x"]).text("signal")).toBe("KILL");
    expect(parsedFrom(["run", "img"]).text("progress")).toBe("auto");
    expect(parsedFrom(["image", "pull", "img"]).number("max-concurrent-downloads")).toBe(3);
    expect(parsedFrom(["system", "start"]).text("timeout")).toBe("60");
    expect(parsedFrom(["build"]).number("vsock-port")).toBe(8088);
  });
});

describe("commands", () => {
  it("are found by their other names", () => {
    const names = (...argv: string[]) => parsedFrom(argv).command;
    expect(names("ls")).toBe("list");
    expect(names("rm", "x")).toBe("delete");
    expect(names("cp", "a", "b")).toBe("copy");
    expect(names("i", "ls")).toBe("image list");
    expect(names("i", "rm", "x")).toBe("image delete");
    expect(names("v", "ls")).toBe("volume list");
    expect(names("n", "rm", "x")).toBe("network delete");
    expect(names("s", "dns", "ls")).toBe("system dns list");
    expect(names("r", "ls")).toBe("registry list");
  });

  it("know --debug before and after their name, and between the names", () => {
    for (const argv of [
      ["--debug", "image", "list"],
      ["image", "--debug", "list"],
      ["image", "list", "--debug"],
    ]) {
      expect(parsedFrom(argv).flag("debug")).toBe(true);
    }
    expect(parsedFrom(["--debug", "run", "img", "--debug"]).texts("arguments")).toEqual(["--debug"]);
  });

  it.each([
    ["ps"],
    ["pull", "img"],
    ["images"],
    ["login", "x"],
    ["container", "list"],
    ["--nope", "list"],
    [""],
  ])("%j is for plugins", (...argv) => {
    const parsed = parsedFrom(argv);
    expect([parsed.command, parsed.texts("words")]).toEqual(["plugin", argv]);
  });

  it("--help before a command is an option that nobody knows", () => {
    expect(parsedFrom(["--help", "list"]).texts("words")).toEqual(["--help", "list"]);
  });
});

describe("releases", () => {
  it.each([
    ["0.12.3", ["run", "--shm-size", "1g", "img"], "Unknown option '--shm-size'"],
    ["1.1.0", ["run", "--kernel-arg=x", "img"], "Unknown option '--kernel-arg'"],
    ["1.2.0", ["run", "--masked-path=/x", "img"], "Unknown option '--masked-path'"],
    ["1.2.0", ["build", "--ssh=default"], "Unknown option '--ssh'"],
    ["0.12.3", ["list", "--format", "yaml"], "The value 'yaml' is invalid for '--format <format>'."],
    ["1.3.0", ["run", "--scheme=auto", "img"], "The value 'auto' is invalid for '--scheme <scheme>'."],
  ])("%s refuses %j", (release, argv, message) => {
    const outcome = answer(argv, { version: release });
    expect(outcome.exitCode).toBe(64);
    expect(outcome.stderr.slice(0, `Error: ${message}`.length)).toBe(`Error: ${message}`);
  });

  it("have the commands of their time", () => {
    const commandOf = (release: string, ...argv: string[]) => parsedFrom(argv, { version: release }).command;
    expect(commandOf("0.12.3", "cp", "a", "b:/c")).toBe("plugin");
    expect(commandOf("1.0.0", "cp", "a", "b:/c")).toBe("copy");
    expect(commandOf("1.3.1", "clean")).toBe("plugin");
    expect(commandOf("1.4.1", "clean")).toBe("clean");
    expect(parsedFrom(["network", "list"], { hostMacOS: 15 }).command).toBe("plugin");
  });

  it("take https for their scheme since 1.3.0", () => {
    expect(parsedFrom(["run", "img"]).text("scheme")).toBe("auto");
    expect(parsedFrom(["run", "img"], { version: "1.3.0" }).text("scheme")).toBe("https");
  });
});

it("has over 150 lists, each once", () => {
  const lists = [...refused.map(([argv]) => argv), ...helped.map(([argv]) => argv), ...versioned];
  expect(new Set(lists.map((argv) => JSON.stringify(argv))).size).toBe(lists.length);
  expect(lists.length).toBeGreaterThan(150);
});

it("loads every command that it says it can", async () => {
  for (const [name, load] of Object.entries(loadCommand)) {
    expect([name, typeof (await load()).run]).toEqual([name, "function"]);
  }
});

function answer(argv: readonly string[], settings: Partial<EmulatorSettings> = {}) {
  const outcome = readArguments(container, argv, settingsOf(settings));
  if (outcome.type !== "answer") throw new Error(`${argv.join(" ")} is understood`);
  const { exitCode, stdout = "", stderr = "" } = outcome;
  return { exitCode, stdout, stderr };
}

function parsedFrom(argv: readonly string[], settings: Partial<EmulatorSettings> = {}): Parsed {
  const outcome = readArguments(container, argv, settingsOf(settings));
  if (outcome.type !== "run") throw new Error(outcome.stderr);
  return outcome.parsed;
}
