import {
  type ArgumentDefinition,
  type CommandDefinition,
  isVisible,
  namesOf,
  valueNameOf,
} from "./definition.js";
import { nameOf, withDashes } from "./names.js";
import { synopsisOf } from "./usage.js";

const columnOfAbstracts = 26;

/** The help of one command; of the program where it is undefined. */
export function helpOf(
  command: CommandDefinition | undefined,
  commands: readonly CommandDefinition[],
): string {
  const own = command?.arguments.filter(isVisible) ?? [];
  const options = own.filter(({ kind }) => kind !== "positional").map(rowOf);
  const builtIn = [row("--version", "Show the version."), row("-h, --help", "Show help information.")];
  const sections = [
    section("ARGUMENTS", own.filter(({ kind }) => kind === "positional").map(rowOf)),
    section("OPTIONS", [...options, ...builtIn]),
  ];
  if (command === undefined) {
    const listed = commands.filter(isVisible).map(({ name, abstract }) => row(name, abstract));
    sections.push(`${section("SUBCOMMANDS", listed)}\n\n  See 'tart help <subcommand>' for detailed help.`);
  }
  const overview = command?.abstract ?? "Runs virtual machines: a stand-in for tests, on Linux.";
  return [`OVERVIEW: ${overview}`, `USAGE: ${synopsisOf(command)}`, ...sections.filter(Boolean)].join("\n\n");
}

function section(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? "" : `${title}:\n${rows.join("\n")}`;
}

function rowOf(definition: ArgumentDefinition): string {
  const names = namesOf(definition).map((name) => withDashes(nameOf(name)));
  const shortFirst = [...names].sort((one, other) => one.length - other.length).join(", ");
  const value = `<${valueNameOf(definition)}>`;
  const label =
    definition.kind === "positional"
      ? value
      : definition.kind === "option"
        ? `${shortFirst} ${value}`
        : shortFirst;
  const standard = definition.kind === "option" ? definition.default : undefined;
  return row(label, definition.abstract + (standard === undefined ? "" : ` (default: ${standard})`));
}

function row(label: string, abstract: string): string {
  const indented = `  ${label}`;
  if (indented.length < columnOfAbstracts) return indented.padEnd(columnOfAbstracts) + abstract;
  return `${indented}\n${" ".repeat(columnOfAbstracts)}${abstract}`;
}
