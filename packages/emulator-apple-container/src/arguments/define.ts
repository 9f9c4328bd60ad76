import type { ValueKind } from "@nanoclaw/emulator-base";
import { type EmulatorSettings, isAtLeast } from "../state/settings.js";
import type { FlagDefinition, OptionDefinition, PositionalDefinition } from "./definition.js";

/** What else there is to say about an option. */
type Details = Partial<Pick<OptionDefinition, "valueName" | "default" | "available" | "hidden">>;

/** Names are separated by blanks: `"i interactive"` is `-i` and `--interactive`. */
export function flag(
  names: string,
  abstract: string,
  details: Pick<Details, "available"> = {},
): FlagDefinition {
  return { kind: "flag", names: names.split(" "), abstract, ...details };
}

/** An option of which the last value counts. */
export function option(
  names: string,
  value: ValueKind,
  abstract: string,
  details: Details = {},
): OptionDefinition {
  return { kind: "option", names: names.split(" "), value, abstract, ...details };
}

/** An option of which every value counts. */
export function list(names: string, abstract: string, details: Details = {}): OptionDefinition {
  return { ...option(names, "string", abstract, details), repeating: true };
}

export function positional(
  name: string,
  abstract: string,
  details: Partial<PositionalDefinition> = {},
): PositionalDefinition {
  return { kind: "positional", name, abstract, ...details };
}

/** Available from this release on. */
export function since(version: string): (settings: EmulatorSettings) => boolean {
  return (settings) => isAtLeast(settings, version);
}

/** Available before this release. */
export function until(version: string): (settings: EmulatorSettings) => boolean {
  return (settings) => !isAtLeast(settings, version);
}
