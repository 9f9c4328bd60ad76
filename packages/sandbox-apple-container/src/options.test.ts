import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { expect, test } from "vitest";
import { type AppleContainerOptions, settingsFrom } from "./options.js";

test("without options everything has its default", () => {
  expect(settingsFrom({})).toEqual({
    defaultImage: "debian:stable-slim",
    pull: "missing",
    platform: "linux/arm64",
    startService: false,
    dns: [],
    capAdd: [],
    capDrop: ["ALL"],
    readOnlyRootfs: false,
    init: true,
    shell: "/bin/sh",
    startTimeoutMs: 60_000,
  });
});

test.each<[string, unknown]>([
  ["program", ""],
  ["program", "--help"],
  ["defaultImage", "-image"],
  ["pull", "sometimes"],
  ["platform", "darwin/arm64"],
  ["startService", "yes"],
  ["dns", ["one.example"]],
  ["capDrop", ["net_raw"]],
  ["capAdd", "ALL"],
  ["readOnlyRootfs", 1],
  ["shell", "sh"],
  ["startTimeoutMs", 0.5],
  ["runtime", "runc"],
])("refuses %s: %j", (name, value) => {
  const refused = () => settingsFrom({ [name]: value } as AppleContainerOptions);
  expect(refused).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  expect(refused).toThrow(SandboxError);
});
