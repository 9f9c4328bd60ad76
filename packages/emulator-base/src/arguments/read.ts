import { availableIn, type CommandPath, lastOf, namesOfPath, pathTo, subcommandOf } from "./command-tree.js";
import type { CommandDefinition } from "./definition.js";
import { helpOf } from "./help.js";
import { isSameName, nameOf } from "./names.js";
import { parseCommand, refuseRest } from "./parse.js";
import { Parsed, type Value } from "./parsed.js";
import { ParserError } from "./parser-error.js";
import { type Element, splitArguments, without } from "./split.js";
import { usageOf } from "./usage.js";
import { ValidationFailure } from "./validation-failure.js";

/** How the program ends, and what it says by then. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** What a list of arguments comes to: a command, or an answer without one. */
export type Outcome =
  | { readonly type: "run"; readonly parsed: Parsed }
  | ({ readonly type: "answer" } & Answer);

/** A program whose arguments are read by the rules of swift-argument-parser 1.8. */
export interface ProgramDefinition<Settings> {
  /** The program as a command: every other one is below it. */
  readonly command: CommandDefinition<Settings>;
  /** What `--version` is answered. */
  version(settings: Settings): string;
}

/** Reads the arguments of a program, with what the imitated release knows. Touches nothing. */
export function readArguments<Settings>(
  program: ProgramDefinition<Settings>,
  argv: readonly string[],
  settings: Settings,
): Outcome {
  return new Reader(program, argv, settings).read();
}

/** The complaint of a command that finds out only when it runs. */
export function complaint<Settings>(
  program: ProgramDefinition<Settings>,
  failure: ValidationFailure,
  settings: Settings,
): Answer {
  const root = availableIn(program.command, settings);
  return refused(failure.message, pathTo(root, failure.command?.split(" ") ?? []));
}

class Reader<Settings> {
  /** The commands that were named until now; the last one's usage follows a complaint. */
  private path: CommandPath<Settings>;
  private readonly values = new Map<string, Value>();
  private rest: readonly Element[] = [];

  constructor(
    private readonly program: ProgramDefinition<Settings>,
    private readonly argv: readonly string[],
    private readonly settings: Settings,
  ) {
    this.path = [availableIn(program.command, settings)];
  }

  read(): Outcome {
    try {
      this.rest = splitArguments(this.argv);
      for (;;) {
        const answer = this.readCommand();
        if (answer !== undefined) return answer;
        const next = this.takeNext();
        if (next === undefined) return this.end();
        this.path = [...this.path, next];
      }
    } catch (error) {
      if (error instanceof ParserError) return refused(error.message, this.path, error.help);
      if (error instanceof ValidationFailure) return refused(error.message, this.path);
      throw error;
    }
  }

  private get command(): CommandDefinition<Settings> {
    return lastOf(this.path);
  }

  /** Asking for help counts more than all that is wrong, but for options and values that cannot be read. */
  private readCommand(): Outcome | undefined {
    const { values, rest, missing } = parseCommand(this.command, this.rest, this.argv);
    this.rest = rest;
    for (const [name, value] of values) this.values.set(name, value);
    const answer = missing && this.builtInAnswer();
    if (answer !== undefined) return answer;
    if (missing !== undefined) throw missing;
    try {
      this.command.validate?.(this.parsed(), this.settings);
    } catch (error) {
      const help = this.builtInAnswer();
      if (help !== undefined) return help;
      throw error;
    }
    return undefined;
  }

  private takeNext(): CommandDefinition<Settings> | undefined {
    const first = this.rest[0];
    const next = first?.type === "value" ? subcommandOf(this.command, first.text) : undefined;
    if (next !== undefined && first !== undefined) this.rest = without(this.rest, first);
    if (next !== undefined || this.command.fallback === undefined) return next;
    // Help of the whole program only counts alone there: all else is for whatever the word means.
    if (this.argv.length === 1 && this.builtInAnswer() !== undefined) return undefined;
    return this.command.fallback;
  }

  private end(): Outcome {
    const answer = this.builtInAnswer();
    if (answer !== undefined) return answer;
    refuseRest(this.rest, this.command.arguments);
    if (this.command.subcommands !== undefined) return answered(helpOf(this.path));
    const parsed = this.parsed();
    if (this.command.name !== "help") return { type: "run", parsed };
    return answered(helpOf(pathTo(this.path[0] ?? this.command, parsed.texts("subcommands"))));
  }

  private parsed(): Parsed {
    return new Parsed(namesOfPath(this.path.slice(1)), this.values);
  }

  private builtInAnswer(): Outcome | undefined {
    const asks = (name: string) =>
      this.rest.some((element) => element.type === "option" && isSameName(element.name, nameOf(name)));
    if (asks("help") || asks("h")) return answered(helpOf(this.path));
    return asks("version") ? answered(this.program.version(this.settings)) : undefined;
  }
}

function refused<Settings>(message: string, path: CommandPath<Settings>, help?: string): Outcome & Answer {
  const lines = [`Error: ${message}`, ...(help === undefined ? [] : [`Help:  ${help}`]), usageOf(path)];
  return { type: "answer", exitCode: 64, stderr: `${lines.join("\n")}\n` };
}

function answered(text: string): Outcome & Answer {
  return { type: "answer", exitCode: 0, stdout: `${text}\n` };
}
