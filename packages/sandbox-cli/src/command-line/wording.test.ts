import { expect, test } from "vitest";
import { inCommandLineWords } from "./wording.js";

test.each([
  ["limits.pidCount must be a whole number of at least 16", "--pids must be a whole number of at least 16"],
  ['mounts[0].source "/a" cannot be used', '--mount source "/a" cannot be used'],
  ["Create the sandbox with ports: [80, 443].", "Create the sandbox with --port 80, 443."],
  ["or name another with docker({ host }).", "or name another with --engine-option host=VALUE."],
  ["listSandboxes tells which there are.", "sandbox ls tells which there are."],
  ["Run collectGarbage, or `sandbox gc`, when", "Run sandbox gc --force, when"],
])("says %j as %j", (theirs, ours) => {
  expect(inCommandLineWords(theirs)).toBe(ours);
});

test("leaves what a user wrote alone", () => {
  const text = 'The image "a/b:limits" has no shell in /home/f({x}).';
  expect(inCommandLineWords(text)).toBe(text);
});
