import { expect, test } from "vitest";
import { diskProblem, shortage } from "./disk-space.js";

const image = (name: string, there = false) => ({ name, there });

test.each([
  ["a clone of an image that is there", image("ghcr.io/cirruslabs/macos-tahoe-base:latest", true), 1],
  ["a pull of a Linux image", image("ghcr.io/cirruslabs/ubuntu:latest"), 5],
  ["a pull of a macOS image", image("ghcr.io/cirruslabs/macos-tahoe-base:latest"), 25],
])("%s is refused below what it needs at least, and not from there on", (_, wanted, least) => {
  expect(shortage(wanted, least)).toBeUndefined();
  expect(shortage(wanted, least - 1)).toMatchObject({
    code: "resource_exhausted",
    message: expect.stringContaining(`${least - 1} GiB free`),
    hint: expect.stringContaining("tart prune"),
  });
});

test("what will be refused is a problem, and what may fail is one", () => {
  const wanted = image("ghcr.io/cirruslabs/ubuntu:latest");
  expect(diskProblem(wanted, 4)).toMatchObject({ message: shortage(wanted, 4)?.message });
  expect(diskProblem(wanted, 59)).toMatchObject({ message: expect.stringContaining("may need 60") });
  expect(diskProblem(wanted, 60)).toBeUndefined();
  expect(diskProblem({ ...wanted, there: true }, 1)).toBeUndefined();
});
