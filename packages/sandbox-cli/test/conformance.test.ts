import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { engines } from "./engines.js";

interface Report {
  readonly target: string;
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly { readonly id: string; readonly status: string; readonly guarantee: string }[];
}

const [local] = engines;
const reason = local?.reason;

describe.skipIf(reason !== undefined)(`conformance${reason ? ` (${reason})` : ""}`, () => {
  test("reports the checks of an engine as text and as JSON", async () => {
    await using installation = new Installation();
    const text = await installation.run(["conformance", "local", "--only", "G12"]);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toMatch(/^Conformance of local, /);
    expect(text.stdout).toMatch(/\d+ passed, 0 failed/);
    expect(text.stderr).toMatch(/^ok +G12\./m);
    const report = await installation.json<Report>(["conformance", "local", "--only", "G12", "--json"]);
    expect(report).toMatchObject({ target: "local", failed: 0 });
    expect(report.results.every(({ guarantee }) => guarantee === "G12")).toBe(true);
    expect(report.passed).toBeGreaterThan(0);
  }, 120_000);

  test("takes an adapter by its path, and exits with 1 when it breaks a promise", async () => {
    await using installation = new Installation();
    const adapter = createRequire(import.meta.url).resolve("@nanoclaw/sandbox-local");
    // Declares stats and tells none.
    const broken = `
      const { local } = require(${JSON.stringify(adapter)});
      exports.default = () => {
        const provider = local();
        const create = provider.create.bind(provider);
        provider.create = async (...words) => Object.assign(await create(...words), { stats: async () => ({}) });
        return provider;
      };`;
    writeFileSync(join(installation.directory, "broken.cjs"), broken);
    const { exitCode, stdout } = await installation.run([
      "conformance",
      "./broken.cjs",
      "--only",
      "G8.stats",
    ]);
    expect(stdout).toMatch(/^FAIL G8\.stats /m);
    expect(exitCode).toBe(1);
  }, 120_000);
});
