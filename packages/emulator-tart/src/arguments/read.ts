import { ValidationFailure } from "../failures.js";
import type { EmulatorSettings } from "../store/settings.js";
import type { CommandDefinition } from "./definition.js";
import { helpOf } from "./help.js";
import { isSameName, nameOf } from "./names.js";
import { parseCommand, refuseRest } from "./parse.js";
import type { Parsed } from "./parsed.js";
import { ParserError } from "./parser-error.js";
import { type Element, splitArguments } from "./split.js";
import { commands as allCommands } from "./table.js";
import { usageOf } from "./usage.js";

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

/** Reads the arguments of the program, with what the imitated release knows. Touches nothing. */
export function readArguments(argv: readonly string[], settings: EmulatorSettings): Outcome {
  const commands = commandsOf(settings);
  // Whose usage a complaint is followed by.
  let command: CommandDefinition | undefined;
  try {
    const elements = splitArguments(argv);
    const [first, ...others] = elements;
    command = first?.type === "value" ? commands.find(({ name }) => name === first.text) : undefined;
    if (command === undefined) return outsideCommands(elements, settings, commands);
    return insideCommand(command, { elements: others, argv, settings, commands });
  } catch (error) {
    if (error instanceof ParserError) return refused(error.message, command, error.help);
    if (error instanceof ValidationFailure) return refused(error.message, command);
    throw error;
  }
}

/** The complaint of a command that finds out only when it runs: the usage is that of the whole program. */
export function complaint(failure: ValidationFailure): Answer {
  const command = allCommands.find(({ name }) => name === failure.command);
  return refused(failure.message, command);
}

function refused(message: string, command: CommandDefinition | undefined, help?: string): Outcome & Answer {
  const lines = [`Error: ${message}`, ...(help === undefined ? [] : [`Help:  ${help}`]), usageOf(command)];
  return { type: "answer", exitCode: 64, stderr: `${lines.join("\n")}\n` };
}

function answered(text: string): Outcome & Answer {
  return { type: "answer", exitCode: 0, stdout: `${text}\n` };
}

function commandsOf(settings: EmulatorSettings): CommandDefinition[] {
  const isKnown = (one: { available?: (settings: EmulatorSettings) => boolean }) =>
    one.available?.(settings) ?? true;
  return allCommands
    .filter(isKnown)
    .map((command) => ({ ...command, arguments: command.arguments.filter(isKnown) }));
}

function outsideCommands(
  elements: readonly Element[],
  settings: EmulatorSettings,
  commands: readonly CommandDefinition[],
): Outcome {
  const builtIn = builtInText(elements, undefined, settings, commands);
  if (builtIn !== undefined) return builtIn;
  refuseRest(elements, []);
  return answered(helpOf(undefined, commands));
}

interface Invocation {
  readonly elements: readonly Element[];
  readonly argv: readonly string[];
  readonly settings: EmulatorSettings;
  readonly commands: readonly CommandDefinition[];
}

/** Asking for help counts more than all that is wrong, but for options and values that cannot be read. */
function insideCommand(command: CommandDefinition, invocation: Invocation): Outcome {
  const { elements, argv, settings, commands } = invocation;
  const { parsed, rest, missing } = parseCommand(command, elements, argv);
  const builtIn = builtInText(rest, command, settings, commands);
  if (builtIn !== undefined) return builtIn;
  if (missing !== undefined) throw missing;
  command.validate?.(parsed, settings);
  refuseRest(rest, command.arguments);
  if (command.name !== "help") return { type: "run", parsed };
  const about = commands.find(({ name }) => name === parsed.texts("subcommands")[0]);
  return answered(helpOf(about, commands));
}

function builtInText(
  elements: readonly Element[],
  command: CommandDefinition | undefined,
  settings: EmulatorSettings,
  commands: readonly CommandDefinition[],
): Outcome | undefined {
  const asks = (name: string) =>
    elements.some((element) => element.type === "option" && isSameName(element.name, nameOf(name)));
  if (asks("help") || asks("h")) return answered(helpOf(command, commands));
  return asks("version") ? answered(settings.version) : undefined;
}
