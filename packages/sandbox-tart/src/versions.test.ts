import { expect, test } from "vitest";
import { compareVersions, judgeVersion, parseVersion } from "./versions.js";

test("reads the version that Tart prints, and no other text", () => {
  expect(parseVersion("2.40.1\n")).toBe("2.40.1");
  expect(parseVersion("2.40.1-5-gdeadbeef\n")).toBe("2.40.1");
  expect(parseVersion("SNAPSHOT\n")).toBeUndefined();
});

test("compares numbers, not letters", () => {
  expect(compareVersions("2.9.0", "2.31.0")).toBeLessThan(0);
  expect(compareVersions("2.40.1", "2.40.1")).toBe(0);
  expect(compareVersions("26", "15.7.1")).toBeGreaterThan(0);
});

test("refuses what is older than 2.31.0", () => {
  expect(judgeVersion("2.30.6", "26.0")).toMatchObject({ usable: false });
  expect(judgeVersion("2.31.0", "26.0").usable).toBe(true);
});

test("takes a newer one than any known without a word", () => {
  expect(judgeVersion("3.1.0", "27.0")).toEqual({ usable: true, problems: [] });
  expect(judgeVersion("2.40.1", "15.0")).toEqual({ usable: true, problems: [] });
});

test("tells of releases that do not start on macOS 15 (openai/tart#1302)", () => {
  const told = (version: string, macOS: string) =>
    judgeVersion(version, macOS).problems.some(({ message }) => message.includes("#1302"));
  expect(told("2.36.0", "15.5")).toBe(true);
  expect(told("2.36.0", "26.0")).toBe(false);
  expect(told("2.34.0", "15.5")).toBe(false);
});

test("tells of releases that cannot list beside an ASIF disk (openai/tart#1344)", () => {
  expect(judgeVersion("2.38.0", "26.0").problems[0]?.message).toContain("#1344");
  expect(judgeVersion("2.39.0", "26.0").problems[0]?.message).not.toContain("#1344");
});

test("tells of a macOS without a control socket", () => {
  expect(judgeVersion("2.40.1", "13.7").problems[0]?.message).toContain("SSH");
});
