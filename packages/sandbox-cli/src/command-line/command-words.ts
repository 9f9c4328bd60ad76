import { UsageError } from "./usage-error.js";

/**
 * The command behind the first argument of `exec`, where commander leaves a `--` in place. A word that looks like an
 * option is one at the wrong place, unless `--` stands before it.
 */
export function commandWords(words: readonly string[]): string[] {
  const [first = "", ...rest] = words;
  if (first === "--") {
    if (rest.length === 0) throw new UsageError("A command must follow the --.");
    return rest;
  }
  if (first.startsWith("-")) {
    throw new UsageError(
      `${first}: options stand before the sandbox, a command that begins with - behind a --.`,
    );
  }
  return [first, ...rest];
}
