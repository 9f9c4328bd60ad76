import { expect, test } from "vitest";
import { dockerfileOf, stepBegunBy } from "./dockerfile.js";

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
  [`Step 3/4 : RUN ["/bin/sh","-ec","echo 'nanoclaw-prepare: step a'\\nmake"]`, undefined],
  [`#5 [2/4] RUN ["/bin/sh", "-ec", "echo 'nanoclaw-prepare: step a'"]`, undefined],
])("the line %j begins %s", (line, name) => expect(stepBegunBy(line)).toBe(name));
