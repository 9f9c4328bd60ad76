import {
  type ArgumentDefinition,
  type CommandDefinition,
  isVisible,
  keyOf,
  namesOf,
  valueNameOf,
} from "./definition.js";
import { nameOf, withDashes } from "./names.js";

/** The two lines below a complaint about arguments. */
export function usageOf(command: CommandDefinition | undefined): string {
  const path = command === undefined ? "tart" : `tart ${command.name}`;
  const usage = `Usage: ${synopsisOf(command)}`;
  // `help` has no help of its own.
  return command?.name === "help" ? usage : `${usage}\n  See '${path} --help' for more information.`;
}

/** `tart list [--source <source>] …` */
export function synopsisOf(command: CommandDefinition | undefined): string {
  if (command === undefined) return "tart <subcommand>";
  const name = `tart ${command.name}`;
  const shown = command.arguments.filter(isVisible);
  const parts = shown.flatMap(partsOf);
  if (parts.length <= 12) return [name, ...parts].join(" ");
  // Of many only those that must be there are told.
  return [name, "[<options>]", ...shown.filter(({ kind }) => kind === "positional").flatMap(partsOf)].join(
    " ",
  );
}

/** An argument as it is named where it is missing: `<name> ...`. */
export function requiredForm(definition: ArgumentDefinition): string {
  const isRepeating = definition.kind !== "flag" && definition.repeating === true;
  return `${labelOf(definition)}${isRepeating ? " ..." : ""}`;
}

/** `--cpu <cpu>`, `--quiet`, `<name>`. */
function labelOf(definition: ArgumentDefinition): string {
  const value = `<${valueNameOf(definition)}>`;
  if (definition.kind === "positional") return value;
  const name = withDashes(nameOf(keyOf(definition)));
  return definition.kind === "option" ? `${name} ${value}` : name;
}

function partsOf(definition: ArgumentDefinition): string[] {
  if (definition.kind === "positional" && !definition.optional) return [requiredForm(definition)];
  const opposite = namesOf(definition).filter((name) => name === `no-${keyOf(definition)}`);
  return [`[${requiredForm(definition)}]`, ...opposite.map((name) => `[--${name}]`)];
}
