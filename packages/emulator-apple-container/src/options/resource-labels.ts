import { refuse } from "./refuse.js";
import { split } from "./split.js";

const keyPattern = /^[a-z0-9](?:[a-z0-9._/-]*[a-z0-9])?$/;
const MAXIMUM_KEY = 128;
const MAXIMUM_LABEL = 4096;

/** Labels of networks, which are held to more than those of containers (apple-container.md §7.2). */
export function strictLabelsOf(texts: readonly string[]): Record<string, string> {
  const labels = optionsOf(texts);
  for (const [key, value] of Object.entries(labels)) {
    if (!keyPattern.test(key) || key.length > MAXIMUM_KEY) refuse(`invalid label key: ${key}`);
    if (`${key}=${value}`.length > MAXIMUM_LABEL) refuse(`invalid label: ${key} is too long`);
  }
  return labels;
}

/** `key=value`, or a key alone; a value may have an equals sign in it. */
export function optionsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [key, value = ""] = split(text, "=", 1);
      if (key === undefined) refuse(`invalid key-value format ${text}`);
      return [key, value];
    }),
  );
}
