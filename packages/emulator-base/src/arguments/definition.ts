import type { Parsed } from "./parsed.js";

/** The kinds of values, named as in the help of their errors. */
export type ValueKind =
  | "string"
  | "UInt16"
  | "UInt32"
  | "UInt"
  | "UInt64"
  | "Int"
  | "Int32"
  | "Int64"
  /** One of a few words. */
  | { readonly oneOf: readonly string[] };

interface Described<Settings> {
  /** One line for the help. */
  readonly abstract: string;
  /** Left out of help and usage, and never suggested. */
  readonly hidden?: boolean;
  /** Whether the imitated release knows it. Default: always. */
  readonly available?: (settings: Settings) => boolean;
}

/** An option without a value. */
export interface FlagDefinition<Settings> extends Described<Settings> {
  readonly kind: "flag";
  /** Without dashes; several letters are a long name. */
  readonly names: readonly string[];
  /** Also understands `--no-NAME`. */
  readonly invertible?: boolean;
}

export interface OptionDefinition<Settings> extends Described<Settings> {
  readonly kind: "option";
  readonly names: readonly string[];
  readonly value: ValueKind;
  /** Default: the long name. */
  readonly valueName?: string;
  readonly default?: number | string;
  /** Each occurrence adds a value, where otherwise the last wins. */
  readonly repeating?: boolean;
}

export interface PositionalDefinition<Settings> extends Described<Settings> {
  readonly kind: "positional";
  readonly name: string;
  readonly optional?: boolean;
  readonly repeating?: boolean;
  /** Takes everything that follows, whatever it looks like: options end at the first value. */
  readonly passThrough?: boolean;
}

export type ArgumentDefinition<Settings> =
  | FlagDefinition<Settings>
  | OptionDefinition<Settings>
  | PositionalDefinition<Settings>;

/** A command, or the program itself, which is the command that has all others below it. */
export interface CommandDefinition<Settings> extends Described<Settings> {
  readonly name: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** In the order of the usage line. Those of a command above are not repeated. */
  readonly arguments: readonly ArgumentDefinition<Settings>[];
  /** In the order of the help. */
  readonly subcommands?: readonly CommandDefinition<Settings>[];
  /** What takes over where a word names none of the subcommands. Default: there is only the help. */
  readonly fallback?: CommandDefinition<Settings>;
  /** Throws a `ValidationFailure` for arguments that are well formed and make no sense together. */
  readonly validate?: (parsed: Parsed, settings: Settings) => void;
}

/** The name of an option that stands for all its names. */
export function keyOf<Settings>(definition: ArgumentDefinition<Settings>): string {
  return definition.kind === "positional" ? definition.name : longestName(definition.names);
}

/** Every name under which an option is found. */
export function namesOf<Settings>(definition: ArgumentDefinition<Settings>): string[] {
  if (definition.kind === "positional") return [];
  const opposites = definition.kind === "flag" && definition.invertible ? [`no-${keyOf(definition)}`] : [];
  return [...definition.names, ...opposites];
}

/** What stands in brackets: `<cpu>`. */
export function valueNameOf<Settings>(definition: ArgumentDefinition<Settings>): string {
  return definition.kind === "option" ? (definition.valueName ?? keyOf(definition)) : keyOf(definition);
}

export function isVisible(definition: { readonly hidden?: boolean }): boolean {
  return definition.hidden !== true;
}

/** Whether options of this command end at the first value. */
export function passesThrough<Settings>(command: CommandDefinition<Settings>): boolean {
  if (command.fallback !== undefined && passesThrough(command.fallback)) return true;
  return command.arguments.some((one) => one.kind === "positional" && one.passThrough === true);
}

function longestName(names: readonly string[]): string {
  return names.find((name) => name.length > 1) ?? names[0] ?? "";
}
