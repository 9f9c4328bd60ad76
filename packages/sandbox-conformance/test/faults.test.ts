import type { SandboxProvider } from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { checks } from "../src/checks/index.js";
import type { CheckResult } from "../src/report.js";
import { runConformance } from "../src/run-conformance.js";
import type { Target } from "../src/target.js";
import { loadBase, removeState, sweep, targetOf } from "./base.js";
import type { Fault } from "./fault.js";
import { abilityFaults } from "./faults/abilities.js";
import { deadFaults } from "./faults/dead.js";
import { endFaults } from "./faults/ends.js";
import { exactFaults } from "./faults/exact.js";
import { freshFaults } from "./faults/fresh.js";
import { honestFaults } from "./faults/honest.js";
import { literalFaults } from "./faults/literal.js";
import { pretenceFaults } from "./faults/pretence.js";
import { transferFaults } from "./faults/transfers.js";
import { wholeFaults } from "./faults/whole.js";
import { removeTemporary } from "./temporary.js";
import { withoutFault } from "./without-fault.js";

const faults: readonly Fault[] = [
  ...freshFaults,
  ...wholeFaults,
  ...deadFaults,
  ...honestFaults,
  ...exactFaults,
  ...transferFaults,
  ...pretenceFaults,
  ...abilityFaults,
  ...endFaults,
  ...literalFaults,
];

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

const here = process.platform === "linux";

describe.skipIf(!here)("a provider that", () => {
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
        expect(`${id}: ${status} ${failure?.message ?? ""}`, "the unbroken provider").toBe(`${id}: passed `);
      }
    });
  }
});

test("every check is known to fail, or why it cannot is told", () => {
  const caught = new Set(faults.flatMap(({ caughtBy }) => caughtBy));
  const never = checks.map(({ id }) => id).filter((id) => !caught.has(id));
  expect(never.sort()).toEqual(Object.keys(withoutFault).sort());
});

test("check ids are unique, begin with a guarantee and name it", () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, guarantee } of checks) expect(id).toMatch(new RegExp(`^${guarantee}\\.[a-z0-9-]+$`));
});
