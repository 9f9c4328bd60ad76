import ms, { type StringValue } from "ms";
import { UsageError } from "./usage-error.js";

/** Milliseconds from `500ms`, `90s`, `10m`, `1.5h`, `2d`. A number without a unit is refused: it would be guessed. */
export function parseDuration(text: string): number {
  const duration = /[a-z]$/i.test(text) && text.length <= 100 ? ms(text as StringValue) : undefined;
  if (duration === undefined || !(duration >= 1)) {
    throw new UsageError("Write a number and a unit, such as 500ms, 90s, 10m, 2h or 1d.");
  }
  return Math.round(duration);
}

/** The other way, for people: `1h`, `10m`. */
export function formatDuration(durationMs: number): string {
  return ms(Math.round(durationMs));
}
