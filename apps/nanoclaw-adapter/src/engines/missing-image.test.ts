import { SandboxError } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import { missingImage } from "./missing-image.js";

const missing = new SandboxError("image_not_found", "There is none.", { hint: "Pull it." });

test("a missing image is told with the command that makes one, and keeps its code and its own hint", () => {
  expect(missingImage(missing, "tart", undefined)).toMatchObject({
    ...{ code: "image_not_found", message: "There is none.", cause: missing },
    hint: "Pull it. For one with the agents' programs: nanoclaw-sandbox prepare --engine tart",
  });
  expect(missingImage(missing, "docker", "base:1")).toMatchObject({
    hint: expect.stringMatching(/ --image base:1$/),
  });
});

test("other failures, and those of an engine without images, stay what they are", () => {
  const other = new SandboxError("timeout", "Too late.");
  expect(missingImage(other, "tart", undefined)).toBe(other);
  expect(missingImage(missing, "local", undefined)).toBe(missing);
});
