import { expect, test } from "vitest";
import { remoteImage, vmName } from "./names.js";

test("a machine's name tells the installation and the sandbox, and nothing that Tart could misread", () => {
  const name = vmName("sandbox-0123456789abcdef", "an installation");
  expect(name).toMatch(/^nanoclaw-[0-9a-f]{8}-0123456789abcdef$/);
  expect(vmName("sandbox-0123456789abcdef", "another")).not.toBe(name);
  expect(vmName("x".repeat(200), "an installation")).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
  expect(vmName("../../etc", "an installation")).toMatch(/^nanoclaw-[0-9a-f]{8}-[0-9a-f]{32}$/);
});

test.each([
  ["ghcr.io/cirruslabs/ubuntu", "ghcr.io/cirruslabs/ubuntu:latest"],
  ["ghcr.io/cirruslabs/ubuntu:24.04", "ghcr.io/cirruslabs/ubuntu:24.04"],
  ["127.0.0.1:5000/a/b/c:1", "127.0.0.1:5000/a/b/c:1"],
  [`host/a@sha256:${"0".repeat(64)}`, `host/a@sha256:${"0".repeat(64)}`],
  ["ubuntu", undefined],
  ["ubuntu:24.04", undefined],
  ["/a/b", undefined],
])("tells an image of a registry from a local name: %s", (image, expected) => {
  expect(remoteImage(image)).toBe(expected);
});
