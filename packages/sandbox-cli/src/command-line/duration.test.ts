import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.js";
import { UsageError } from "./usage-error.js";

test.each([
  ["500ms", 500],
  ["90s", 90_000],
  ["10m", 600_000],
  ["1.5h", 5_400_000],
  ["2 days", 172_800_000],
])("reads %s as %d ms", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(["", "30", "-5s", "0s", "1h30m", "soon", "s", "1e3s", "5s; reboot", `${"9".repeat(200)}s`])(
  "refuses %j, which nobody can be sure about",
  (text) => {
    expect(() => parseDuration(text)).toThrow(UsageError);
  },
);

test("writes durations the way it reads them", () => {
  expect(formatDuration(3_600_000)).toBe("1h");
  expect(parseDuration(formatDuration(90_000))).toBeGreaterThan(0);
});
