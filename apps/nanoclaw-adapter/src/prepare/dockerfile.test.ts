import { expect, test } from "vitest";
import { buildFailure, dockerfileOf, stepBegunBy } from "./dockerfile.js";

test("each step is one instruction, whatever its script says", () => {
  const script = 'echo "$HOME" \\\nRUN other\n# comment <<EOF\n\u2028';
  const steps = [{ name: "a", script, verify: [["a"]], hash: "" }];
  const lines = dockerfileOf({ engine: "docker", from: "debian:12", user: "agent", steps, hash: "" }).split(
    "\n",
  );
  expect([lines[0], lines[1], lines[3], lines[4]]).toEqual(["FROM debian:12", "USER root", "USER agent", ""]);
  expect(JSON.parse(String(lines[2]).replace(/^RUN /, ""))).toEqual([
    "/bin/sh",
    "-ec",
    `echo 'nanoclaw-prepare: step a'\n${script}`,
  ]);
});

test.each([
  ["nanoclaw-prepare: step node", "node"],
  ["#7 0.213 nanoclaw-prepare: step system-tools", "system-tools"],
  [`Step 3/4 : RUN ["/bin/sh","-ec","echo 'nanoclaw-prepare: step a'\\nmake"]`, "a"],
  ["Removing intermediate container 1c", undefined],
])("the line %j is of step %s", (line, name) => expect(stepBegunBy(line)).toBe(name));

test.each([
  ["The command '/bin/sh -ec echo\nmake' returned a non-zero code: 7", "it exited with 7"],
  [`process "/bin/sh -ec make" did not complete successfully: exit code: 2`, "it exited with 2"],
  ["while running runtime: exit status 3", "it exited with 3"],
  ["no space left on device.\nmore", "no space left on device"],
])("of %j the user is told: %s", (message, told) => expect(buildFailure(message)).toBe(told));
