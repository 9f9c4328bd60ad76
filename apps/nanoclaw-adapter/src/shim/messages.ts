import { stripVTControlCharacters } from "node:util";

/**
 * An error as lines for standard error, which NanoClaw logs. An engine or a guest may have had a part in the wording:
 * it must not steer a terminal.
 */
export function messageOf(error: unknown): string {
  const { message = String(error), hint, code } = error as { message?: string; hint?: string; code?: string };
  const lines = [`docker (nanoclaw-sandbox): ${message}${code === undefined ? "" : ` (${code})`}`];
  if (hint !== undefined) lines.push(`  ${hint}`);
  return `${stripVTControlCharacters(lines.join("\n"))}\n`;
}
