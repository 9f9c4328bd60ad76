import { expect, test } from "vitest";
import { parseGibibytes, parseMebibytes } from "./size.js";
import { UsageError } from "./usage-error.js";

test.each([
  ["512m", 512],
  ["512M", 512],
  ["512MB", 512],
  ["512 MiB", 512],
  ["1.5g", 1536],
  ["2048k", 2],
  ["1T", 1_048_576],
])("reads %s as %d MiB", (text, expected) => {
  expect(parseMebibytes(text)).toBe(expected);
});

test("reads the same units as GiB", () => {
  expect(parseGibibytes("10g")).toBe(10);
  expect(parseGibibytes("512m")).toBe(0.5);
});

test.each(["", "512", "-1g", "0m", "1x", "m", "1e3m", "1,5g", "1g1", "1mib ", `${"9".repeat(400)}g`])(
  "refuses %j",
  (text) => {
    expect(() => parseMebibytes(text)).toThrow(UsageError);
  },
);
