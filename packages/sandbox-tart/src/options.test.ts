import { afterEach, expect, test, vi } from "vitest";
import { settingsFrom, type TartOptions } from "./options.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("completes options", () => {
  vi.stubEnv("TART_HOME", "/tart home");
  expect(settingsFrom({})).toMatchObject({
    program: "tart",
    home: "/tart home",
    pull: "missing",
    connect: "auto",
    username: "admin",
    graphics: false,
    audio: false,
    clipboard: false,
  });
  expect(settingsFrom({ home: "/other" }).home).toBe("/other");
});

test.each([
  [{ home: "relative" }, "absolute path"],
  [{ connect: "telnet" }, '"auto" or "agent" or "ssh"'],
  [{ pull: true }, '"missing"'],
  [{ bootTimeoutMs: 0 }, "above 0"],
  [{ defaultImage: "-x" }, "begin with -"],
  [{ passwort: "x" }, 'no option "passwort"'],
])("refuses %o", (options, message) => {
  expect(() => settingsFrom(options as TartOptions)).toThrow(
    expect.objectContaining({ code: "invalid_argument", message: expect.stringContaining(message) }),
  );
});

test("a refusal does not repeat a password", () => {
  expect(() => settingsFrom({ password: "secret\n" })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("secret") }),
  );
});
