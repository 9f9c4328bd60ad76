import { type CommandPath, lastOf, namesOfPath } from "./command-tree.js";
import { type ArgumentDefinition, isVisible, keyOf, namesOf, valueNameOf } from "./definition.js";
import { nameOf, withDashes } from "./names.js";

/** The two lines below a complaint about arguments. */
export function usageOf<Settings>(path: CommandPath<Settings>): string {
  const usage = `Usage: ${synopsisOf(path)}`;
  // `help` has no help of its own.
  if (lastOf(path).name === "help") return usage;
  return `${usage}\n  See '${namesOfPath(path)} --help' for more information.`;
}

/** `container image list [--format <format>] …` */
export function synopsisOf<Settings>(path: CommandPath<Settings>): string {
  const command = lastOf(path);
  const name = namesOfPath(path);
  const shown = command.arguments.filter(isVisible);
  const below = command.subcommands === undefined ? [] : ["<subcommand>"];
  const parts = shown.flatMap((one) => partsOf(one));
  if (parts.length <= 12) return [name, ...parts, ...below].join(" ");
  // Of many only those that must be there are told.
  const positionals = shown.filter(({ kind }) => kind === "positional").flatMap((one) => partsOf(one));
  return [name, "[<options>]", ...positionals, ...below].join(" ");
}

/** An argument as it is named where it is missing: `<name> ...`. */
export function requiredForm<Settings>(definition: ArgumentDefinition<Settings>): string {
  const isRepeating = definition.kind !== "flag" && definition.repeating === true;
  return `${labelOf(definition)}${isRepeating ? " ..." : ""}`;
}

/** `--cpu <cpu>`, `--quiet`, `<name>`. */
function labelOf<Settings>(definition: ArgumentDefinition<Settings>): string {
  const value = `<${valueNameOf(definition)}>`;
  if (definition.kind === "positional") return value;
  const name = withDashes(nameOf(keyOf(definition)));
  return definition.kind === "option" ? `${name} ${value}` : name;
}

function partsOf<Settings>(definition: ArgumentDefinition<Settings>): string[] {
  if (definition.kind === "positional" && !definition.optional) return [requiredForm(definition)];
  const opposite = namesOf(definition).filter((name) => name === `no-${keyOf(definition)}`);
  return [`[${requiredForm(definition)}]`, ...opposite.map((name) => `[--${name}]`)];
}
