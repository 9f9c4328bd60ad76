import { readFileSync } from "node:fs";
import { hostValue, splitPair } from "./environment.js";
import { UsageError } from "./usage-error.js";

/**
 * Secrets from `--secret NAME` (the value that NAME has on the host) and `--secret NAME=@FILE` (what the file holds,
 * without one newline at its end). `NAME=VALUE` is refused: argument lists are visible to every user of the machine.
 * Messages never repeat what stands behind the `=`.
 */
export function readSecrets(
  words: readonly string[] = [],
  host: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const secrets = words.map((word): [string, string] => {
    const [name, source] = splitPair(word);
    if (name === "") throw new UsageError("--secret: write NAME, or NAME=@FILE.");
    if (source === undefined) return [name, hostValue(name, "--secret", host)];
    if (source.startsWith("@")) return [name, readSecretFile(name, source.slice(1))];
    throw new UsageError(
      `--secret ${name}: a value on the command line is visible to every user of this machine. ` +
        `Set ${name} in the environment and write --secret ${name}, or write --secret ${name}=@FILE.`,
    );
  });
  return Object.fromEntries(secrets);
}

function readSecretFile(name: string, path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UsageError(`--secret ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes)) throw new UsageError(`--secret ${name}: the file is not UTF-8 text.`);
  return text.replace(/\r?\n$/, "");
}
