import { expect, test } from "vitest";
import { emulatorOf, parseEngine } from "./find.js";
import { chooseImage } from "./image.js";

test("an engine may have an address and a name", () => {
  expect(parseEngine("local")).toEqual({ engine: "local", label: "local", providerOptions: {} });
  expect(parseEngine("podman=unix:///a=b.sock")).toEqual({
    engine: "docker",
    label: "podman",
    providerOptions: { host: "unix:///a=b.sock" },
  });
  expect(() => parseEngine("local=unix:///a")).toThrow("local has no address");
});

test("an image is chosen that the engine has", () => {
  expect(chooseImage(["debian:stable-slim", "busybox:latest"])).toBe("debian:stable-slim");
  expect(chooseImage(["node:22", "registry:5000/team/busybox:1"])).toBe("registry:5000/team/busybox:1");
  expect(chooseImage(["localhost/busybox"])).toBe("localhost/busybox");
  expect(chooseImage(["postgres:17"])).toBeUndefined();
});

test("an emulator is told by its own word, or by a system on which the engine cannot be", () => {
  const report = { details: {} };
  expect(emulatorOf("tart", report, "darwin")).toBeUndefined();
  expect(emulatorOf("tart", report, "linux")).toContain("macOS alone");
  expect(emulatorOf("@nanoclaw/sandbox-apple-container", report, "linux")).toContain("macOS alone");
  expect(emulatorOf("docker", report, "linux")).toBeUndefined();
  expect(emulatorOf("docker", { details: { emulator: "a toy" } }, "darwin")).toContain("a toy");
});
