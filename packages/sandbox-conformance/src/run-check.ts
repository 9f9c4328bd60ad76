import { SandboxError } from "@nanoclaw/sandbox";
import type { Check } from "./check.js";
import { RealCheckContext, Skipped } from "./check-context.js";
import { seededRandom } from "./random.js";
import type { CheckFailure, CheckResult } from "./report.js";
import type { RunState } from "./run-state.js";
import type { Scale, Target } from "./target.js";

const defaultTimeoutMs = 30_000;
/** For what a check leaves to be undone, in milliseconds: core's own deadlines are shorter. */
const cleanUpMs = 60_000;

export interface RunCheckOptions {
  readonly scale: Scale;
  readonly seed: string;
  readonly signal?: AbortSignal;
}

/** Runs one check and undoes what it made. Never rejects: a broken promise is a result. */
export async function runCheck(
  check: Check,
  target: Target,
  run: RunState,
  { scale, seed, signal }: RunCheckOptions,
): Promise<CheckResult> {
  const started = performance.now();
  const { id, guarantee, title } = check;
  const finished = (outcome: Pick<CheckResult, "status" | "reason" | "failure" | "notes">): CheckResult => ({
    id,
    guarantee,
    title,
    durationMs: Math.round(performance.now() - started),
    ...outcome,
  });

  const applies = check.needs?.(run.capabilities, target) ?? true;
  if (applies !== true) return finished({ status: "skipped", reason: applies });

  const timeoutMs = (check.timeoutMs ?? defaultTimeoutMs) * (scale === "full" ? 10 : 1);
  const controller = new AbortController();
  const context = new RealCheckContext({
    target,
    run,
    scale,
    random: seededRandom(`${seed} ${id}`),
    signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
  });
  let error: unknown;
  try {
    await inTime(attempt(check, context), timeoutMs, "The check", signal);
  } catch (caught) {
    error = caught;
  }
  controller.abort();

  const undone = await inTime(context.cleanUp(), cleanUpMs, "Undoing it").catch((late: unknown) => [late]);
  if (error instanceof Skipped) return finished({ status: "skipped", reason: error.message });
  const failed = error !== undefined || undone.length > 0;
  if (failed)
    await inTime(run.dropShared(), cleanUpMs, "Dropping the shared sandbox").catch((late) =>
      undone.push(late),
    );
  if (!failed) return finished({ status: "passed", notes: context.notes });
  const afterwards = undone.map((each) => `Afterwards: ${failureOf(each).message}`);
  const failure = error === undefined ? failureOf(undone[0]) : failureOf(error);
  const message = error === undefined ? afterwards.join("\n") : [failure.message, ...afterwards].join("\n");
  return finished({ status: "failed", failure: { ...failure, message }, notes: context.notes });
}

async function attempt(check: Check, context: RealCheckContext): Promise<void> {
  for (const tool of check.tools ?? []) {
    if (!(await context.run.hasTool(tool))) context.skip(`the guest has no ${tool}`);
  }
  await check.run(context);
}

async function inTime<T>(
  work: Promise<T>,
  timeoutMs: number,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${timeoutMs} ms.`)), timeoutMs);
    abort = () => reject(new Error("The run was aborted."));
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener("abort", abort);
  }
}

function failureOf(error: unknown): CheckFailure {
  if (!(error instanceof Error)) return { message: String(error) };
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    causes.push(cause.message);
  }
  return {
    message: error.message,
    code: SandboxError.is(error) ? error.code : undefined,
    causes: causes.length > 0 ? causes : undefined,
    stack: error.stack,
  };
}
