import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { type Engine, statusOf } from "./engine.js";

/** How often a removal is asked for again when the engine fails at it, as it does while files are in use. */
const attempts = 5;

/**
 * Removes a container by force, its anonymous volumes with it, and returns when the engine no longer knows it.
 * Works beside the engine's own removal of a container that ends, and beside other calls of this.
 */
export async function removeContainer(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  let failure: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await engine.removeContainer(id, signal);
    } catch (error) {
      if (SandboxError.is(error, "sandbox_not_found")) return;
      const status = statusOf(error);
      // Answered, so the engine is there: it is removing it already (409), or could not just now.
      if (status === undefined || status === 401 || status === 403) throw error;
      failure = error;
    }
    if (await isGone(engine, id, failure ? 200 * attempt : 50, signal)) return;
  }
  throw new SandboxError("cleanup_failed", `The engine still has the container ${id}.`, {
    cause: failure,
    hint: `Remove it by hand: docker rm --force --volumes ${id}`,
  });
}

/** Whether the engine forgets the container within this time. */
async function isGone(engine: Engine, id: string, patienceMs: number, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + patienceMs;
  for (let waitMs = 5; ; waitMs *= 2) {
    if (!(await containerExists(engine, id, signal))) return true;
    if (performance.now() >= until) return false;
    await delay(waitMs, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  }
}

async function containerExists(engine: Engine, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.inspectContainer(id, signal);
    return true;
  } catch (error) {
    if (SandboxError.is(error, "sandbox_not_found")) return false;
    throw error;
  }
}
