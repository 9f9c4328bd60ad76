import { expect, test } from "vitest";
import { imageSource } from "./image.js";
import type { ListedVm } from "./vm-list.js";

const rows: ListedVm[] = [
  { source: "local", name: "base", state: "stopped" },
  { source: "local", name: "busy", state: "running" },
  { source: "oci", name: "ghcr.io/cirruslabs/ubuntu:latest", state: "stopped" },
];

test("a local machine is cloned as it is", () => {
  expect(imageSource("base", rows, "always")).toEqual({ name: "base", there: true, pull: false });
});

test("one that runs is refused: its disk would be torn", () => {
  expect(() => imageSource("busy", rows, "missing")).toThrow(
    expect.objectContaining({ code: "invalid_argument", hint: expect.stringContaining("tart stop busy") }),
  );
});

test("an image is pulled where there is no copy, or as the option says", () => {
  const pulls = (image: string, pull: "missing" | "always") => imageSource(image, rows, pull).pull;
  expect(pulls("ghcr.io/cirruslabs/ubuntu", "missing")).toBe(false);
  expect(pulls("ghcr.io/cirruslabs/ubuntu:latest", "missing")).toBe(false);
  expect(pulls("ghcr.io/cirruslabs/ubuntu:24.04", "missing")).toBe(true);
  expect(pulls("ghcr.io/cirruslabs/ubuntu", "always")).toBe(true);
  expect(imageSource("ghcr.io/cirruslabs/ubuntu", rows, "never")).toMatchObject({ there: true, pull: false });
});

test.each([
  ["nothing", "missing"],
  ["ghcr.io/cirruslabs/ubuntu:24.04", "never"],
] as const)("what is not there and cannot be pulled is told: %s with pull %s", (image, pull) => {
  expect(() => imageSource(image, rows, pull)).toThrow(
    expect.objectContaining({ code: "image_not_found", message: expect.stringContaining(image) }),
  );
});
