import { refuse } from "./refuse.js";
import { split } from "./split.js";

/** Labels of containers (apple-container.md §4.4): a value cannot have an equals sign in it. */
export function labelsOf(texts: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const text of texts) {
    if (text === "") refuse("label cannot be an empty string");
    const [key, value = "", ...others] = split(text, "=", 2);
    if (key === undefined || others.length > 0) refuse(`invalid label format ${text}`);
    labels[key] = value;
  }
  return labels;
}
