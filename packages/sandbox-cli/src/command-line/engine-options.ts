import { splitPair } from "./environment.js";
import { UsageError } from "./usage-error.js";

/**
 * The adapter's own options from `--engine-option KEY=VALUE`. A value that reads as JSON is taken as that (`true`, `512`,
 * `["NET_RAW"]`, `"512"`), anything else as text.
 */
export function readEngineOptions(words: readonly string[] = []): Record<string, unknown> | undefined {
  if (words.length === 0) return undefined;
  const options = words.map((word): [string, unknown] => {
    const [key, value] = splitPair(word);
    if (key === "" || value === undefined) {
      throw new UsageError("--engine-option: write KEY=VALUE, such as runtime=runsc.");
    }
    return [key, jsonOrText(value)];
  });
  return Object.fromEntries(options);
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
