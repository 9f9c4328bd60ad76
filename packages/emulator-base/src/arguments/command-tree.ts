import type { CommandDefinition } from "./definition.js";

/** A command below the ones that it belongs to, the program first. */
export type CommandPath<Settings> = readonly CommandDefinition<Settings>[];

/** What a release has of a command: the subcommands and arguments that it knows. */
export function availableIn<Settings>(
  command: CommandDefinition<Settings>,
  settings: Settings,
): CommandDefinition<Settings> {
  const isKnown = (one: { readonly available?: (settings: Settings) => boolean }) =>
    one.available?.(settings) ?? true;
  return {
    ...command,
    arguments: command.arguments.filter(isKnown),
    ...(command.subcommands && {
      subcommands: command.subcommands.filter(isKnown).map((one) => availableIn(one, settings)),
    }),
  };
}

/** The subcommand of this name, or with this alias. */
export function subcommandOf<Settings>(
  command: CommandDefinition<Settings>,
  name: string,
): CommandDefinition<Settings> | undefined {
  return command.subcommands?.find((one) => one.name === name || one.aliases?.includes(name));
}

/** Follows names as far as they lead. */
export function pathTo<Settings>(
  program: CommandDefinition<Settings>,
  names: readonly string[],
): CommandPath<Settings> {
  const path = [program];
  for (const name of names) {
    const next = subcommandOf(path.at(-1) ?? program, name);
    if (next === undefined) break;
    path.push(next);
  }
  return path;
}

/** `container image list`; without the program `image list`. */
export function namesOfPath<Settings>(path: CommandPath<Settings>): string {
  return path.map(({ name }) => name).join(" ");
}

/** The command at the end of a path. */
export function lastOf<Settings>(path: CommandPath<Settings>): CommandDefinition<Settings> {
  const last = path.at(-1);
  if (last === undefined) throw new Error("a path of commands begins with the program");
  return last;
}
