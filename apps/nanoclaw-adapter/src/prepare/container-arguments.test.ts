import { expect, test } from "vitest";
import { buildArguments, inspectedImage, pullArguments } from "./container-arguments.js";

test("what comes from outside stands behind = or --, and a label with anything in it is one argument", () => {
  const labels = { "nanoclaw-base-tools": `{"a":"1.0"} --no-cache\n$(id)` };
  expect(buildArguments({ tag: "base:1", labels }, "/tmp/-x y", "linux/arm64")).toEqual([
    ...["build", "--progress=plain", "--platform=linux/arm64"],
    `--label=nanoclaw-base-tools={"a":"1.0"} --no-cache\n$(id)`,
    ...["--tag=base:1", "--", "/tmp/-x y"],
  ]);
  expect(pullArguments("debian:12", "linux/arm64").slice(-2)).toEqual(["--", "debian:12"]);
});

test.each([
  ["[]", undefined],
  [
    `[{"id":"ab","configuration":{"name":"docker.io/library/x:1","descriptor":{"digest":"sha256:ab"}},"variants":[]}]`,
    { id: "sha256:ab", labels: {}, digests: ["docker.io/library/x:1@sha256:ab"] },
  ],
  [
    `[{"name":"x:1","descriptor":{"digest":"sha256:cd"},"variants":[{"config":{"config":{"Labels":{"nanoclaw-base-recipe":"h"}}}}]}]`,
    { id: "sha256:cd", labels: { "nanoclaw-base-recipe": "h" }, digests: [] },
  ],
])("the description %s is read", (text, image) => expect(inspectedImage(text)).toEqual(image));

test.each(["", "{}", '[{"id":"x"}]'])("the description %j is none", (text) => {
  expect(() => inspectedImage(text)).toThrow("something else than a description");
});
