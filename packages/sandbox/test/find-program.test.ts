import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findProgram } from "../src/internal/find-program.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "find-program-"));
  writeFileSync(join(directory, "tool"), "#!/bin/sh\n");
  chmodSync(join(directory, "tool"), 0o755);
  writeFileSync(join(directory, "text"), "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

test("a program is found in PATH, then in the places given, or as the path that it is", () => {
  vi.stubEnv("PATH", directory);
  expect(findProgram("tool")).toBe(join(directory, "tool"));
  vi.stubEnv("PATH", "/nowhere");
  expect(findProgram("tool")).toBeUndefined();
  expect(findProgram("tool", [directory])).toBe(join(directory, "tool"));
  expect(findProgram(join(directory, "tool"))).toBe(join(directory, "tool"));
});

test("what may not be run is no program", () => {
  expect(findProgram("text", [directory])).toBeUndefined();
  expect(findProgram("/nowhere/tool", [directory])).toBeUndefined();
});
