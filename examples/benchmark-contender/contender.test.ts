import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { engines } from "../test/engines.js";

const run = promisify(execFile);
const program = createRequire(import.meta.url)
  .resolve("sandbox-bench/package.json")
  .replace("package.json", "dist/cli.js");
const contender = fileURLToPath(new URL("../dist/benchmark-contender/contender.js", import.meta.url));

it("is measured beside the sandbox, by other processes of the run too", { timeout: 60_000 }, async ({
  skip,
}) => {
  const local = await engines.local?.();
  if (typeof local === "string" || local === undefined) return skip(local ?? "no local engine");
  const words = [
    "--scenario",
    "cold-start",
    "--scenario",
    "small-file",
    "--scenario",
    "idle-memory",

    "--samples",
    "2",
  ];
  const { stdout } = await run(
    process.execPath,
    [program, "run", "--engine", "local", "--contender", contender, ...words, "--json", "-"],
    { maxBuffer: 2 ** 24, timeout: 50_000 },
  );
  const { series } = JSON.parse(stdout) as {
    series: Array<{
      contender: string;
      metric: string;
      samples: unknown[];
      failures: unknown[];
      remark?: string;
    }>;
  };
  const own = series.filter((one) => one.contender === "host");
  expect(own.flatMap(({ failures }) => failures)).toEqual([]);
  // Of what takes long a baseline has fewer turns than were asked for.
  const measured = own.filter(({ samples }) => samples.length > 0).map(({ metric }) => metric);
  expect(measured).toEqual(expect.arrayContaining(["first-output", "whole", "write", "read", "owner"]));
});

it("has at most 40 lines", () => {
  const source = readFileSync(new URL("contender.ts", import.meta.url), "utf8");
  expect(source.split("\n").length).toBeLessThanOrEqual(41);
});
