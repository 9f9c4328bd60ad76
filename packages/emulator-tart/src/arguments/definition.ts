import type { EmulatorSettings } from "../store/settings.js";
import type { Parsed } from "./parsed.js";

/** The kinds of values, named as in the help of their errors. */
export type ValueKind =
  | "string"
  | "UInt16"
  | "UInt"
  | "UInt64"
  | "Int"
  | "Int32"
  /** One of a few words. */
  | { readonly oneOf: readonly string[] };

interface Described {
  /** One line for the help. */
  readonly abstract: string;
  /** Left out of help and usage, and never suggested. */
  readonly hidden?: boolean;
  /** Whether the imitated release knows it. Default: always. */
  readonly available?: (settings: EmulatorSettings) => boolean;
}

/** An option without a value. */
export interface FlagDefinition extends Described {
  readonly kind: "flag";
  /** Without dashes; several letters are a long name. */
  readonly names: readonly string[];
  /** Also understands `--no-NAME`. */
  readonly invertible?: boolean;
}

export interface OptionDefinition extends Described {
  readonly kind: "option";
  readonly names: readonly string[];
  readonly value: ValueKind;
  /** Default: the long name. */
  readonly valueName?: string;
  readonly default?: number | string;
  /** Each occurrence adds a value, where otherwise the last wins. */
  readonly repeating?: boolean;
}

export interface PositionalDefinition extends Described {
  readonly kind: "positional";
  readonly name: string;
  readonly optional?: boolean;
  readonly repeating?: boolean;
  /** Takes everything that follows, whatever it looks like. */
  readonly passThrough?: boolean;
}

export type ArgumentDefinition = FlagDefinition | OptionDefinition | PositionalDefinition;

export interface CommandDefinition extends Described {
  readonly name: string;
  /** In the order of the usage line. */
  readonly arguments: readonly ArgumentDefinition[];
  /** Throws a `ValidationFailure` for arguments that are well formed and make no sense together. */
  readonly validate?: (parsed: Parsed, settings: EmulatorSettings) => void;
}

/** The name of an option that stands for all its names. */
export function keyOf(definition: ArgumentDefinition): string {
  return definition.kind === "positional" ? definition.name : longestName(definition.names);
}

/** Every name under which an option is found. */
export function namesOf(definition: ArgumentDefinition): string[] {
  if (definition.kind === "positional") return [];
  const opposites = definition.kind === "flag" && definition.invertible ? [`no-${keyOf(definition)}`] : [];
  return [...definition.names, ...opposites];
}

/** What stands in brackets: `<cpu>`. */
export function valueNameOf(definition: ArgumentDefinition): string {
  return definition.kind === "option" ? (definition.valueName ?? keyOf(definition)) : keyOf(definition);
}

export function isVisible(definition: { readonly hidden?: boolean }): boolean {
  return definition.hidden !== true;
}

function longestName(names: readonly string[]): string {
  return names.find((name) => name.length > 1) ?? names[0] ?? "";
}
