import { type CommandPath, lastOf } from "./command-tree.js";
import { type ArgumentDefinition, isVisible, namesOf, valueNameOf } from "./definition.js";
import { nameOf, withDashes } from "./names.js";
import { synopsisOf } from "./usage.js";

const columnOfAbstracts = 26;

/** The help of a command, or of the program. */
export function helpOf<Settings>(path: CommandPath<Settings>): string {
  const command = lastOf(path);
  const own = command.arguments.filter(isVisible);
  const options = own.filter(({ kind }) => kind !== "positional").map((one) => rowOf(one));
  const builtIn = [row("--version", "Show the version."), row("-h, --help", "Show help information.")];
  const positionals = own.filter(({ kind }) => kind === "positional").map((one) => rowOf(one));
  const sections = [section("ARGUMENTS", positionals), section("OPTIONS", [...options, ...builtIn])];
  if (command.subcommands !== undefined) {
    const listed = command.subcommands
      .filter(isVisible)
      .map(({ name, aliases = [], abstract }) => row([name, ...aliases].join(", "), abstract));
    const [program, ...inner] = path.map(({ name }) => name);
    const more = [program, "help", ...inner, "<subcommand>"].join(" ");
    sections.push(section("SUBCOMMANDS", listed), `  See '${more}' for detailed help.`);
  }
  const overview = `OVERVIEW: ${command.abstract}`;
  return [overview, `USAGE: ${synopsisOf(path)}`, ...sections.filter(Boolean)].join("\n\n");
}

function section(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? "" : `${title}:\n${rows.join("\n")}`;
}

function rowOf<Settings>(definition: ArgumentDefinition<Settings>): string {
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
