import { expect, test } from "vitest";
import { briefMarkdown, briefRows, briefTable } from "./brief-table.js";
import { resultOf, seriesOf } from "./result-of.js";

const result = resultOf([
  seriesOf("sandbox", "cold-start", "first-output", [200, 232, 260]),
  seriesOf("engine-api", "cold-start", "first-output", [999]),
  seriesOf("sandbox", "idle-memory", "engine", [2 * 1024 ** 2], "bytes"),
  seriesOf("sandbox", "destroy", "time", [104]),
  seriesOf("sandbox", "residue", "gone", [180]),
]);

test("the sandbox's medians stand in one column for each engine, and gaps are named", () => {
  expect(briefRows(result)).toEqual([
    ["Metric", "docker", "local"],
    ["Startup", "232 ms", "not measured"],
    ["Memory", "2 MiB by its account", "not measured"],
    ["Disk (per run)", "not measured", "not measured"],
    ["Cleanup", "104 ms, 180 ms after SIGKILL of the owner", "not measured"],
  ]);
});

test("the same stands in a terminal and in Markdown", () => {
  for (const text of [briefTable(result), briefMarkdown(result)]) {
    expect(text).toContain("2 MiB by its account");
    expect(text).not.toContain("999");
  }
  expect(briefMarkdown(result)).toContain("| Startup | 232 ms | not measured |");
});
