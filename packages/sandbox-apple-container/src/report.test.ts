import { expect, test } from "vitest";
import { type Findings, describe as reportOf } from "./report.js";

const fine: Findings = {
  endpoint: "/usr/local/bin/container",
  version: "1.2.2",
  service: { up: true, version: "1.2.2", dataDirectory: "/data" },
  kernel: true,
  host: { platform: "darwin", architecture: "arm64", macOS: "26.1", rosetta: true, keychain: true },
  startService: false,
};

test("a Mac with all that is needed has no problem", () => {
  expect(reportOf(fine)).toEqual({
    available: true,
    endpoint: "/usr/local/bin/container",
    version: "1.2.2",
    problems: [],
    details: {
      service: "running, 1.2.2",
      data: "/data",
      kernel: "installed",
      macOS: "26.1",
      Rosetta: "installed",
    },
  });
});

test.each<[string, Partial<Findings>, boolean, RegExp, RegExp]>([
  [
    "an old release",
    { version: "0.12.3", service: { up: true } },
    false,
    /0\.12\.3 is too old: 1\.0\.0/,
    /releases/,
  ],
  ["a service that is down", { service: { up: false } }, false, /not running/, /--enable-kernel-install/],
  [
    "one that may be started",
    { service: { up: false }, startService: true },
    true,
    /not running/,
    /container system start/,
  ],
  [
    "a service of before an update",
    { service: { up: true, version: "1.0.0" } },
    true,
    /service is 1\.0\.0, and `container` is 1\.2\.2/,
    /system stop/,
  ],
  ["a missing kernel", { kernel: false }, true, /no kernel/, /--recommended/],
  ["macOS 15", { host: { ...fine.host, macOS: "15.6" } }, true, /macOS 15\.6/, /macOS 26/],
  ["a locked keychain", { host: { ...fine.host, keychain: false } }, true, /keychain/, /unlock-keychain/],
  ["a Node for Intel", { host: { ...fine.host, architecture: "x64" } }, true, /Rosetta/, /arm64/],
])("%s is told, with what to do", (_, change, available, message, hint) => {
  const report = reportOf({ ...fine, ...change });
  expect(report.available).toBe(available);
  expect(report.problems).toEqual([
    { message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
  ]);
});

test("elsewhere than on a Mac it says that this is no real one", () => {
  const report = reportOf({ ...fine, host: { platform: "linux", architecture: "x64" } });
  expect(report.problems).toEqual([{ message: expect.stringContaining("emulator") }]);
});
