import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import { runtimes } from "../runtime.js";
import type { CapacityLimits } from "./limits.js";
import { isCode } from "./state-failure.js";

/** What the file may say. The number of runs is `MAX_CONCURRENT_CONTAINERS`. */
export type CapacityFile = Omit<CapacityLimits, "runCount">;

const engine = ["runCount", "memoryMiB", "cpuCount"];
const known: Readonly<Record<keyof CapacityFile, readonly string[]>> = {
  engines: runtimes,
  machine: ["memoryMiB", "cpuCount", "macOSCount"],
  assumedMemoryMiB: runtimes,
};

export function capacityFileOf({ configDirectory }: Installation): string {
  return join(configDirectory, "sandbox-capacity.json");
}

/**
 * The limits that the user has written down. Empty when there is no such file.
 *
 * @throws SandboxError `invalid_argument` for what is not understood, `permission_denied` for what cannot be read.
 */
export function readCapacityFile(installation: Installation): CapacityFile {
  const file = capacityFileOf(installation);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (isCode(cause, "ENOENT")) return {};
    throw new SandboxError("permission_denied", `${file} cannot be read.`, {
      cause,
      hint: "Make it readable.",
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(file, "It is not JSON", cause);
  }
  checkKeys(file, "It", value, Object.keys(known));
  for (const [name, part] of Object.entries(value)) {
    checkKeys(file, name, part, known[name as keyof CapacityFile]);
    for (const [key, amount] of Object.entries(part)) {
      if (name !== "engines") checkNumber(file, `${name}.${key}`, amount);
      else {
        checkKeys(file, `engines.${key}`, amount, engine);
        for (const [limit, most] of Object.entries(amount))
          checkNumber(file, `engines.${key}.${limit}`, most);
      }
    }
  }
  return value as CapacityFile;
}

function checkKeys(
  file: string,
  name: string,
  value: unknown,
  keys: readonly string[],
): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(file, `${name} is no object`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw wrong(file, `${name} has ${JSON.stringify(unknown)}, and may have ${keys.join(", ")}`);
}

function checkNumber(file: string, name: string, value: unknown): void {
  if (typeof value !== "number") throw wrong(file, `${name} is no number`);
}

function wrong(file: string, what: string, cause?: unknown): SandboxError {
  return new SandboxError("invalid_argument", `${file} is not understood. ${what}.`, {
    cause,
    hint: "Correct it, or remove it for the defaults.",
  });
}
