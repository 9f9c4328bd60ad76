import { realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** True when `path` is `directory` or below it, as both are written. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}

/**
 * Whether a path is where it says below a directory, without a link on the way. Groups write to places that are mounted
 * again: a link that one left there would give it whatever the link names. Undefined when nothing is there.
 */
export async function isReachedWithoutLink(path: string, directory: string): Promise<boolean | undefined> {
  const [there, above] = await Promise.all([resolved(path), resolved(directory)]);
  if (there === undefined || above === undefined) return undefined;
  return there === join(above, relative(directory, path));
}

async function resolved(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}
