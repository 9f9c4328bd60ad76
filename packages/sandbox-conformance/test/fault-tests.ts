import type { SandboxProvider } from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CheckResult } from "../src/report.js";
import { runConformance } from "../src/run-conformance.js";
import type { Target } from "../src/target.js";
import { loadBase, removeState, sweep, targetOf } from "./base.js";
import type { Fault } from "./fault.js";
import { removeTemporary } from "./temporary.js";

let base: SandboxProvider;
/** What the unbroken base is told by each check, asked once. */
const unbroken = new Map<string, CheckResult>();

async function resultsOf(target: Target, ids: readonly string[]): Promise<readonly CheckResult[]> {
  const { results } = await runConformance(target, { filter: ids, seed: "faults" });
  return results;
}

/** Whoever else listens, such as the test runner, does not hear of what a fault does on purpose. */
async function withoutListeners<T>(event: "unhandledRejection", work: () => Promise<T>): Promise<T> {
  const listeners = process.listeners(event);
  process.removeAllListeners(event);
  try {
    return await work();
  } finally {
    for (const listener of listeners) process.on(event, listener);
  }
}

/** A test for each: the provider is caught by its checks, and the unbroken one is not. */
export function testFaults(faults: readonly Fault[]): void {
  beforeAll(async () => {
    base = await loadBase();
  });

  afterEach(async () => {
    await sweep(base);
  });

  afterAll(() => {
    removeTemporary();
    removeState();
  });

  describe.skipIf(process.platform !== "linux")("a provider that", () => {
    for (const fault of faults) {
      const rootMissing = fault.root && process.geteuid?.() !== 0;
      test(`${fault.fault}, is caught by ${fault.caughtBy.join(", ")}`, {
        timeout: 180_000,
      }, async (context) => {
        if (rootMissing) context.skip("Namespaces are made by root alone; run the tests as root.");
        const broken = fault.provider(base);
        const { after = [] } = fault;
        const all = await withoutListeners("unhandledRejection", () =>
          resultsOf(targetOf(broken, fault.target?.(base)), [...after, ...fault.caughtBy]),
        );
        const results = all.filter(({ id }) => !after.includes(id));
        expect(results.map(({ id }) => id).sort()).toEqual([...fault.caughtBy].sort());
        for (const { id, status, reason, failure } of results) {
          expect(`${id}: ${status} ${reason ?? ""}`).toBe(`${id}: failed `);
          const said = [failure?.message, ...(failure?.causes ?? [])].join("\n");
          expect(said, id).toMatch(fault.says);
        }
        await sweep(base);
        if (fault.pretends) return;
        const unknown = fault.caughtBy.filter((id) => !unbroken.has(id));
        const asked = unknown.length > 0 ? await resultsOf(targetOf(base), unknown) : [];
        for (const result of asked) unbroken.set(result.id, result);
        for (const id of fault.caughtBy) {
          const { status, failure } = unbroken.get(id) ?? {};
          expect(`${id}: ${status} ${failure?.message ?? ""}`, "the unbroken provider").toBe(
            `${id}: passed `,
          );
        }
      });
    }
  });
}
