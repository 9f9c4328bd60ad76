import { readFileSync } from "node:fs";
import { ContainerFailure } from "../failures.js";
import { refuse } from "./refuse.js";

/** Where variables come from, in the order in which later ones count more. */
export interface EnvironmentSources {
  /** What the image says. */
  readonly image: readonly string[];
  /** Paths of `--env-file`. */
  readonly files: readonly string[];
  /** Values of `--env`. */
  readonly variables: readonly string[];
  /** The client's own, which names without a value are taken from. */
  readonly own: NodeJS.ProcessEnv;
}

/** The variables of a new container, each once and in no order (apple-container.md §4.2). */
export function environmentOf({ image, files, variables, own }: EnvironmentSources): string[] {
  const entries = [
    ...inherit(image, own),
    ...files.flatMap((path) => readEnvironmentFile(path, own)),
    ...inherit(variables, own),
  ];
  const last = new Map(entries.map((entry) => [entry.split("=", 1)[0], entry]));
  return shuffled([...last.values()]);
}

/** The variables that `exec` adds: none of them replaces one that is there (row 57 of §14). */
export function addedEnvironment({ files, variables, own }: Omit<EnvironmentSources, "image">): string[] {
  return [...files.flatMap((path) => readEnvironmentFile(path, own)), ...inherit(variables, own)];
}

/** A name alone stands for the client's own variable, and for nothing where there is none. */
function inherit(entries: readonly string[], own: NodeJS.ProcessEnv): string[] {
  return entries.flatMap((entry) => {
    if (entry.includes("=")) return [entry];
    const value = own[entry];
    return value === undefined ? [] : [`${entry}=${value}`];
  });
}

function readEnvironmentFile(path: string, own: NodeJS.ProcessEnv): string[] {
  const lines = readText(path).split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  return lines
    .map((line) => line.trimStart())
    .flatMap((line) => {
      if (line === "" || line.startsWith("#")) return [];
      const equals = line.indexOf("=");
      const name = equals < 0 ? line : line.slice(0, equals);
      if (/[ \t]/.test(name)) refuse(`variable '${name}' contains whitespaces`);
      if (name === "") refuse(`no variable name on line '${line}'`);
      return inherit([line], own);
    });
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ContainerFailure("invalidArgument", `failed to read envfile at ${path}`, String(error));
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(`env file ${path} contains invalid utf8 bytes`);
  }
}

/** A reader that counts on an order is to be caught. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
