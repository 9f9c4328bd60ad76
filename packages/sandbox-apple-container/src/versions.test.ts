import { expect, test } from "vitest";
import { compareVersions, isTooOld, parseVersion } from "./versions.js";

/** `container --version` of releases and of Homebrew, and what the service says before and since 1.4.1 (§1.5). */
test.each([
  ["container CLI version 1.2.2 (build: release, commit: 0190097)\n", "1.2.2"],
  ["container CLI version 0.12.3 (build: release, commit: unspeci)\n", "0.12.3"],
  ["container-apiserver version 1.3.1 (build: release, commit: 0190097)", "1.3.1"],
  ["1.4.1", "1.4.1"],
  ["container CLI version main (build: debug, commit: 0190097)", undefined],
])("reads %j", (text, version) => expect(parseVersion(text)).toBe(version));

test("orders versions by their numbers", () => {
  expect(compareVersions("1.10.0", "1.9.9")).toBeGreaterThan(0);
  expect(compareVersions("0.12.3", "1.0.0")).toBeLessThan(0);
  expect(compareVersions("1.2.2", "1.2.2")).toBe(0);
});

test("only what is known to be older is too old", () => {
  expect(["0.9.0", "0.12.3", "1.0.0", "1.2.2", "2.0.0", undefined].map(isTooOld)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
