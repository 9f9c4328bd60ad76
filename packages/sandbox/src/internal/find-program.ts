import { accessSync, constants } from "node:fs";
import { delimiter, resolve } from "node:path";

/**
 * Where a program is that others look up in `PATH`, as an absolute path: there, or in one of `more` directories after it. A
 * name with a slash is a path already. Undefined when there is none that may be run.
 */
export function findProgram(name: string, more: readonly string[] = []): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), ...more];
  const places = name.includes("/")
    ? [resolve(name)]
    : directories.map((directory) => resolve(directory, name));
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      // Not there, or no program: the next place.
      return false;
    }
  });
}
