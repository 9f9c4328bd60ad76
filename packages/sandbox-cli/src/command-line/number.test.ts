import { expect, test } from "vitest";
import { parseCount, parsePort, parsePositive } from "./number.js";
import { UsageError } from "./usage-error.js";

test("reads numbers", () => {
  expect(parsePositive("0.5")).toBe(0.5);
  expect(parseCount("512")).toBe(512);
  expect(parsePort("65535")).toBe(65_535);
});

test.each(["", "0", "-1", "1e3", "0x10", " 1", "1,5", "NaN", "9".repeat(400)])("refuses %j", (text) => {
  expect(() => parsePositive(text)).toThrow(UsageError);
  expect(() => parseCount(text)).toThrow(UsageError);
});

test("refuses half a process and two ports", () => {
  expect(() => parseCount("1.5")).toThrow(UsageError);
  expect(() => parsePort("8080:80")).toThrow(UsageError);
  expect(() => parsePort("65536")).toThrow(UsageError);
});
