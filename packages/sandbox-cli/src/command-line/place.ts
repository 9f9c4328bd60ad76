import { posix } from "node:path";
import { UsageError } from "./usage-error.js";

/** One side of `cp`. */
export interface Place {
  /** Id or name. Undefined: the host. */
  readonly sandbox: string | undefined;
  readonly path: string;
}

/**
 * `SANDBOX:PATH` or a path of the host. As with `docker cp` a path in the sandbox counts from `/`, and a host path with
 * a colon is written with `./` or `/` before it.
 */
export function parsePlace(word: string): Place {
  const [, sandbox, path] = /^([A-Za-z0-9][A-Za-z0-9_.-]*):(.*)$/s.exec(word) ?? [];
  if (sandbox === undefined || path === undefined) {
    if (word === "") throw new UsageError("A path is empty.");
    return { sandbox: undefined, path: word };
  }
  if (path === "") throw new UsageError(`${word}: a path must follow the colon.`);
  return { sandbox, path: path.startsWith("/") ? path : `/${path}` };
}

/** What stands at the place to copy to. */
export type Target = "directory" | "file" | "nothing";

/**
 * The path that a copy of `source` has in the end, by the rules of `docker cp`: in a directory that exists it keeps its
 * name; where nothing is it gets the name that was written; `SOURCE/.` means the content of the directory.
 *
 * @param source An absolute path, but for `/.` at its end.
 */
export function copyTarget(
  source: { path: string; isDirectory: boolean },
  path: string,
  found: Target,
): string {
  if (found === "directory") {
    const onlyContent = source.isDirectory && /\/\.$|^\/$/.test(source.path);
    return onlyContent ? path : posix.join(path, posix.basename(posix.normalize(source.path)));
  }
  if (found === "file" && source.isDirectory) {
    throw new UsageError(`${path} is a file; a directory cannot take its place.`);
  }
  if (path.endsWith("/") && !source.isDirectory) throw new UsageError(`There is no directory ${path}`);
  return path;
}
