import type { Command } from "commander";

/**
 * Gives `--keep` without a value an empty one, `--keep=`. Commander would take the next word for the value, which is the
 * command; ours is joined by `=` or not there. Looks only as far as the options go.
 */
export function closeOptionalValues(command: Command, words: readonly string[]): string[] {
  const closed = [...words];
  for (let at = 0; at < closed.length; at += 1) {
    const word = closed[at] ?? "";
    if (word === "--" || !word.startsWith("-")) break;
    const option = command.options.find(({ short, long }) => word === short || word === long);
    if (option?.optional) closed[at] = `${word}=`;
    if (option?.required || (option === undefined && endsInValueFlag(command, word))) at += 1;
  }
  return closed;
}

/** `-ite`: the value of the last letter is the next word. `-eA=b` has its value with it. */
function endsInValueFlag(command: Command, word: string): boolean {
  if (word.startsWith("--")) return false;
  const takesValue = [...word.slice(1)].findIndex((letter) =>
    command.options.some(({ short, required }) => required && short === `-${letter}`),
  );
  return takesValue === word.length - 2;
}
