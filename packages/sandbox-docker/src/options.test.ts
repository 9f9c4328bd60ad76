import { describe, expect, it } from "vitest";
import type { DockerOptions } from "./options.js";
import { settingsFrom } from "./options.js";

it("hardens where nothing is said", () => {
  expect(settingsFrom({})).toMatchObject({
    capDrop: ["ALL"],
    capAdd: [],
    noNewPrivileges: true,
    defaultPidCount: 512,
    readOnlyRootfs: false,
    pull: "missing",
    commands: "shell",
  });
  expect(settingsFrom({}).init).toBeUndefined();
});

it("takes options as they are given, and undefined as nothing", () => {
  const given = { capDrop: [], init: false, defaultPidCount: 7, pull: "never", runtime: undefined } as const;
  expect(settingsFrom(given)).toMatchObject({ capDrop: [], init: false, defaultPidCount: 7, pull: "never" });
});

describe("refuses, and says what to write", () => {
  it.each<[unknown, RegExp]>([
    [{ hots: "unix:///x" }, /no option "hots"/],
    [{ host: "" }, /"host" must be/],
    [{ host: "a\nb" }, /"host" must be/],
    [{ host: "unix:///x", context: "y" }, /not both/],
    [{ certPath: "relative" }, /absolute path/],
    [{ capAdd: "NET_RAW" }, /list of Linux capabilities/],
    [{ capAdd: ["net raw"] }, /list of Linux capabilities/],
    [{ capDrop: [1] }, /list of Linux capabilities/],
    [{ noNewPrivileges: "yes" }, /true or false/],
    [{ init: 1 }, /true or false/],
    [{ defaultPidCount: 0 }, /above 0/],
    [{ defaultPidCount: 1.5 }, /above 0/],
    [{ sharedMemoryMiB: 0.5 }, /MiB above 0/],
    [{ pull: "sometimes" }, /"missing", "never" or "always"/],
    [{ platform: "Linux" }, /linux\/arm64/],
    [{ shell: "sh" }, /absolute path/],
    [{ auth: { username: "u" } }, /"auth" must be/],
    [{ auth: { username: "u", password: 1 } }, /"auth" must be/],
    [{ auth: { identityToken: "t", other: "x" } }, /"auth" must be/],
    [{ commands: "engine" }, /together/],
    [{ main: ["cat"] }, /together/],
    [{ commands: "engine", main: [] }, /"main" must be/],
    [null, /one object/],
  ])("%j", (options, message) => {
    expect(() => settingsFrom(options as DockerOptions)).toThrow(
      expect.objectContaining({ code: "invalid_argument", message: expect.stringMatching(message) }),
    );
  });

  it("without a word of the credentials", () => {
    try {
      settingsFrom({ auth: { username: "u", password: "a secret", other: 1 } } as never);
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain("a secret");
      return;
    }
    throw new Error("It was not refused.");
  });
});
