import { readFileSync, statSync } from "node:fs";
import { parseEnv } from "node:util";
import { UsageError } from "./usage-error.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The sandbox's environment from `--env-file` and `--env`. Files come first, in order; what is said later wins. `NAME`
 * without a value takes the value that NAME has on the host. No message ever shows a value.
 */
export function readEnvironment(
  flags: { env?: readonly string[]; envFile?: readonly string[] },
  host: Environment = process.env,
): Record<string, string> {
  const fromFiles = (flags.envFile ?? []).flatMap((path) => Object.entries(readEnvironmentFile(path)));
  const fromWords = (flags.env ?? []).map((word): [string, string] => {
    const [name, value] = splitPair(word);
    if (name === "") throw new UsageError("--env: write NAME=VALUE, or NAME to pass the host's value on.");
    return [name, value ?? hostValue(name, "--env", host)];
  });
  return Object.fromEntries([...fromFiles, ...fromWords]);
}

/** Splits at the first `=`. Without one there is no value. */
export function splitPair(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

export function hostValue(name: string, option: string, host: Environment): string {
  const value = host[name];
  if (value === undefined) throw new UsageError(`${option}: ${name} is not set on the host.`);
  return value;
}

function readEnvironmentFile(path: string): Record<string, string> {
  try {
    // Node 20 takes this option for one of its own, wherever it stands, and reads the file before this program does:
    // of a pipe nothing is left then.
    if (!statSync(path).isFile()) throw new Error(`${path} must be a regular file, not a pipe.`);
    return { ...(parseEnv(readFileSync(path, "utf8")) as Record<string, string>) };
  } catch (error) {
    throw new UsageError(`--env-file: ${error instanceof Error ? error.message : String(error)}`);
  }
}
