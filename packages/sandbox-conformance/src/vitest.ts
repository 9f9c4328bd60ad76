import { randomBytes } from "node:crypto";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, describe, test } from "vitest";
import { runCheck } from "./run-check.js";
import { type ConformanceOptions, selectChecks } from "./run-conformance.js";
import { RunState } from "./run-state.js";
import type { Target } from "./target.js";

export interface VitestOptions extends Pick<ConformanceOptions, "filter" | "scale" | "seed"> {
  /** Why this engine cannot be checked here. Every check is then skipped, and says so. */
  readonly skip?: string;
}

/**
 * Registers a test for each check, in one `describe`. What does not apply is skipped with its reason.
 *
 * @param target Makes the provider, or tells more about the engine too.
 */
export function conformance(
  name: string,
  target: Omit<Target, "name"> | (() => SandboxProvider),
  options: VitestOptions = {},
): void {
  const whole: Target = { name, ...(typeof target === "function" ? { provider: target } : target) };
  const { filter, scale = "suite", seed = randomBytes(4).toString("hex"), skip } = options;
  for (const each of [filter].flat()) {
    if (typeof each !== "string" || selectChecks(each).length > 0) continue;
    throw new Error(`There is no check "${each}". Write a guarantee, G1 to G12, or a check's id.`);
  }
  describe(`conformance of ${name} (seed ${seed})`, () => {
    let run: RunState | undefined;
    beforeAll(async () => {
      if (skip !== undefined) return;
      run = new RunState(whole);
      await run.open();
    });
    afterAll(async () => {
      await run?.close();
    });
    for (const check of selectChecks(filter)) {
      // The check has a deadline of its own, and undoes things after it; the runner's is only a last resort.
      const timeout = ((check.timeoutMs ?? 30_000) + 60_000) * (scale === "full" ? 10 : 1);
      test(`${check.id}: ${check.title}`, { timeout, retry: 0 }, async (context) => {
        if (skip !== undefined || !run) return context.skip(skip ?? "the run could not begin");
        const result = await runCheck(check, whole, run, { scale, seed });
        if (result.status === "skipped") return context.skip(result.reason);
        if (result.failure) throw failed(result.failure);
      });
    }
  });
}

function failed({
  message,
  causes,
  stack,
}: {
  message: string;
  causes?: readonly string[];
  stack?: string;
}): Error {
  const error = new Error([message, ...(causes ?? []).map((cause) => `because: ${cause}`)].join("\n"));
  if (stack) error.stack = stack;
  return error;
}
