import { describe, expect, it } from "vitest";
import {
  type CommandDefinition,
  complaint,
  type ProgramDefinition,
  readArguments,
  ValidationFailure,
} from "../src/index.js";

interface Settings {
  readonly isNew: boolean;
}

const words = { kind: "positional", name: "words", abstract: "", optional: true, repeating: true } as const;
const verbose = { kind: "flag", names: ["v", "verbose"], abstract: "Tell more" } as const;

const box: CommandDefinition<Settings> = {
  name: "box",
  abstract: "Boxes",
  arguments: [],
  subcommands: [
    {
      name: "open",
      aliases: ["o"],
      abstract: "Open a box",
      arguments: [
        { kind: "option", names: ["size"], value: "Int", abstract: "Its size" },
        { kind: "positional", name: "name", abstract: "Its name" },
        { ...words, passThrough: true },
      ],
    },
    { name: "list", abstract: "List boxes", arguments: [words] },
    { name: "paint", abstract: "Paint a box", available: ({ isNew }) => isNew, arguments: [] },
  ],
};

const run: CommandDefinition<Settings> = {
  name: "run",
  abstract: "Run a program",
  arguments: [{ ...words, passThrough: true }],
};

const plain: ProgramDefinition<Settings> = {
  command: { name: "tool", abstract: "A tool", arguments: [verbose], subcommands: [box, run] },
  version: ({ isNew }) => (isNew ? "2" : "1"),
};

/** The same, which leaves to plugins what it does not know. */
const pluggable: ProgramDefinition<Settings> = {
  ...plain,
  command: {
    ...plain.command,
    fallback: { name: "plugin", abstract: "", arguments: [{ ...words, passThrough: true }] },
  },
};

describe("commands below commands", () => {
  it("are found by name and alias, with what was said before them", () => {
    const parsed = parse(plain, "-v", "box", "o", "--size", "3", "mine", "--size", "--", "x");
    expect(parsed.command).toBe("box open");
    expect([parsed.flag("verbose"), parsed.number("size"), parsed.text("name")]).toEqual([true, 3, "mine"]);
    expect(parsed.texts("words")).toEqual(["--size", "--", "x"]);
  });

  it("leave their options to the command above, but for what a program is run with", () => {
    expect(parse(plain, "box", "list", "mine", "-v").flag("verbose")).toBe(true);
    const parsed = parse(plain, "run", "mine", "-v");
    expect([parsed.flag("verbose"), parsed.texts("words")]).toEqual([false, ["mine", "-v"]]);
  });

  it("are complained about with their own usage, and those above with theirs", () => {
    expect(answer(plain, "box", "open")).toEqual({
      exitCode: 64,
      stderr:
        "Error: Missing expected argument '<name>'\nHelp:  <name>  Its name\n" +
        "Usage: tool box open [--size <size>] <name> [<words> ...]\n  See 'tool box open --help' for more information.\n",
    });
    expect(answer(plain, "box", "burn").stderr).toBe(
      "Error: Unexpected argument 'burn'\nUsage: tool box <subcommand>\n  See 'tool box --help' for more information.\n",
    );
    expect(answer(plain, "burn").stderr).toBe(
      "Error: Unexpected argument 'burn'\nUsage: tool [--verbose] <subcommand>\n  See 'tool --help' for more information.\n",
    );
  });

  it("have help, and the version of the program", () => {
    expect(answer(plain, "box").stdout).toContain("USAGE: tool box <subcommand>\n");
    expect(answer(plain, "box", "o", "--help").stdout).toContain("USAGE: tool box open ");
    expect(answer(plain, "box").stdout).toContain("\n  open, o                 Open a box\n");
    expect(answer(plain, "box", "list", "--version")).toEqual({ exitCode: 0, stdout: "1\n" });
  });

  it("are there in their release alone", () => {
    expect(answer(plain, "box", "paint").stderr).toContain("Unexpected argument 'paint'");
    expect(readArguments(plain, ["box", "paint"], { isNew: true }).type).toBe("run");
  });

  it("are named by a failure that comes only when they run", () => {
    expect(complaint(plain, new ValidationFailure("no", "box list"), { isNew: false }).stderr).toBe(
      "Error: no\nUsage: tool box list [<words> ...]\n  See 'tool box list --help' for more information.\n",
    );
  });
});

describe("a fallback", () => {
  it("gets every word where the first names no command", () => {
    for (const argv of [["burn", "-v", "--x", "--help"], ["--x", "box"], ["--help", "box"], []]) {
      const parsed = parse(pluggable, ...argv);
      expect([parsed.command, parsed.texts("words")]).toEqual(["plugin", argv]);
    }
  });

  it("does not get what is for commands, nor a question for help alone", () => {
    expect(parse(pluggable, "box", "list", "x").command).toBe("box list");
    expect(answer(pluggable, "--help").stdout).toContain("USAGE: tool [--verbose] <subcommand>");
    expect(answer(pluggable, "box", "burn").stderr).toContain("Unexpected argument 'burn'");
  });
});

function parse(program: ProgramDefinition<Settings>, ...argv: string[]) {
  const outcome = readArguments(program, argv, { isNew: false });
  if (outcome.type !== "run") throw new Error(outcome.stderr ?? outcome.stdout);
  return outcome.parsed;
}

function answer(program: ProgramDefinition<Settings>, ...argv: string[]) {
  const outcome = readArguments(program, argv, { isNew: false });
  if (outcome.type !== "answer") throw new Error(`${argv.join(" ")} is understood`);
  const { type: _, ...rest } = outcome;
  return rest;
}
