import { splitPair } from "./environment.js";
import { UsageError } from "./usage-error.js";

/** Labels from `--label KEY=VALUE`, or `KEY` for an empty value. */
export function readLabels(words: readonly string[] = []): Record<string, string> {
  const labels = words.map((word): [string, string] => {
    const [key, value] = splitPair(word);
    if (key === "") throw new UsageError("--label: write KEY=VALUE.");
    return [key, value ?? ""];
  });
  return Object.fromEntries(labels);
}
