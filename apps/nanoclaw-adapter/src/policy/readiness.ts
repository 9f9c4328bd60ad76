import { SandboxError } from "@nanoclaw/sandbox";
import { pause } from "@nanoclaw/sandbox/adapter";
import type { Group } from "../group.js";
import type { Choice } from "./decision.js";
import type { Router } from "./router.js";

export interface ReadinessOptions {
  /** How long to wait at most, in milliseconds. Default: 60 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told before each pause. */
  readonly onWait?: (error: SandboxError, pauseMs: number) => void;
}

/** Pauses between looks, in milliseconds: each twice as long as the one before. */
const [firstPauseMs, longestPauseMs] = [250, 5_000];

/**
 * Waits until the engine of a group is there, as at the start of the machine, when engines start beside NanoClaw. It
 * waits for what may come by itself, and for nothing else.
 *
 * @throws SandboxError of `decide` and `choose`, the last one when the time is up; the signal's reason.
 */
export async function waitUntilReady(
  router: Router,
  group: Group,
  { timeoutMs = 60_000, signal = new AbortController().signal, onWait }: ReadinessOptions = {},
): Promise<Choice> {
  const end = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await router.choose(await router.decide(group), { signal });
    } catch (error) {
      const mayCome = SandboxError.is(error, "engine_unavailable") && error.retryable;
      const leftMs = end - performance.now();
      if (!mayCome || leftMs <= 0) throw error;
      const waitMs = Math.min(pauseMs, leftMs);
      onWait?.(error, waitMs);
      await pause(waitMs, signal);
    }
  }
}
