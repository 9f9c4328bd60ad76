import { setTimeout as delay } from "node:timers/promises";
import { SandboxError, TimeLimit } from "@nanoclaw/sandbox/adapter";
import type { Ending } from "./connection.js";
import { type Engine, statusOf } from "./engine.js";
import { neverStarted, tellsMissingShell } from "./failures.js";

/** For calls that nobody waits for with a deadline of their own. */
const callTimeoutMs = 10_000;

/** How long after its output the main process may take to end. It never closes its output before. */
const mainPatienceMs = 5_000;

/** How a process that `exec` started has ended. The engine may notice a moment after its output has. */
export async function execEnding(
  engine: Engine,
  container: string,
  id: string,
  text: string,
  signal: AbortSignal,
): Promise<Ending> {
  for (let waitMs = 2; ; waitMs = Math.min(waitMs * 2, 250)) {
    using limit = new TimeLimit(signal, callTimeoutMs);
    const { Running, ExitCode, Pid } = await engine.inspectExec(id, limit.signal).catch((error) => {
      throw lostWith(error, signal);
    });
    if (!Running && typeof ExitCode === "number") {
      // Docker knows no process id of what it could not start; Podman forgets them all, and has the codes alone.
      const told = Pid === 0 && ExitCode >= 125 && ExitCode <= 127 ? neverStarted(text) : undefined;
      // An engine tells in many ways that a process could not be started because the sandbox was about to end,
      // and of one that was killed with the sandbox, only that it was killed.
      if (
        (SandboxError.is(told, "adapter_fault") || ExitCode === 137) &&
        (await isEnding(engine, container, signal))
      ) {
        throw new SandboxError("sandbox_lost", "The sandbox ended while the process ran.", { cause: told });
      }
      if (SandboxError.is(told)) throw told;
      return told ? { exit: told, neverStarted: true } : { exit: { exitCode: ExitCode, signal: null } };
    }
    await pause(waitMs, signal);
  }
}

/** Whether a container has ended, or does in the next moment: its processes are heard of before it is. */
async function isEnding(engine: Engine, container: string, signal: AbortSignal): Promise<boolean> {
  return (await endState(engine, container, 150, signal)) !== "running";
}

/** How the main process of a container has ended, which the engine removes in this very moment. */
export async function mainEnding(
  engine: Engine,
  id: string,
  stderr: string,
  signal: AbortSignal,
): Promise<Ending> {
  const state = await endState(engine, id, mainPatienceMs, signal);
  if (state === "running") throw new SandboxError("sandbox_lost", "The connection to the sandbox broke.");
  // For anything but a kill the state says all. It may miss that the kernel killed for want of memory.
  const told = state !== "gone" && (state.exitCode !== 137 || state.outOfMemory) ? state : undefined;
  const { exitCode, outOfMemory } =
    told ?? (await lastEvents(engine, id, signal)) ?? (state === "gone" ? {} : state);
  if (exitCode === undefined) {
    throw new SandboxError("sandbox_lost", "The sandbox has ended, and the engine no longer knows how.");
  }
  if (exitCode === 137 && outOfMemory) {
    throw new SandboxError("out_of_memory", "The sandbox ran out of memory and lost its main process.", {
      hint: "Give it a higher limits.memoryMiB.",
    });
  }
  if (exitCode !== 0 && tellsMissingShell(stderr)) {
    throw new SandboxError("unsupported", `The image has no shell: ${stderr.trim()}`, {
      hint: "Say where its shell is with docker({ shell }), or use an image that has one.",
    });
  }
  return { exit: { exitCode, signal: null } };
}

interface End {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
}

/** Asks until a container has ended, for a time. */
async function endState(
  engine: Engine,
  id: string,
  patienceMs: number,
  signal: AbortSignal,
): Promise<End | "gone" | "running"> {
  const until = performance.now() + patienceMs;
  for (let waitMs = 2; performance.now() < until; waitMs = Math.min(waitMs * 2, 250)) {
    try {
      using limit = new TimeLimit(signal, callTimeoutMs);
      const { State } = await engine.inspectContainer(id, limit.signal);
      // Until then the code of one that has not quite started is 0.
      const hasEnded = !State.Running && !State.FinishedAt.startsWith("0001-");
      if (hasEnded) return { exitCode: State.ExitCode, outOfMemory: State.OOMKilled };
    } catch (error) {
      if (SandboxError.is(error, "sandbox_not_found")) return "gone";
      // Podman fails like this while it removes a container.
      if (statusOf(error) !== 500) throw lostWith(error, signal);
    }
    await pause(waitMs, signal);
  }
  return "running";
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch((error) => {
    throw lostWith(error, signal);
  });
}

/** What the engine's own record of the last moments tells: the end, and whether memory ran out before it. */
async function lastEvents(engine: Engine, id: string, signal: AbortSignal): Promise<End | undefined> {
  // Podman may keep no events at all, and then this never answers.
  using limit = new TimeLimit(signal, 2_000);
  const patience = limit.signal;
  try {
    // The container is new, and the host's clock need not be the engine's: everything there is.
    const events = await engine.events(id, ["oom", "die"], patience);
    patience.addEventListener("abort", () => events.destroy(), { once: true });
    let outOfMemory = false;
    let line = "";
    for await (const piece of events as AsyncIterable<Buffer>) {
      const lines = (line + piece.toString()).split("\n");
      line = lines.pop() ?? "";
      for (const text of lines.filter(Boolean)) {
        const { Action, Actor } = JSON.parse(text) as EngineEvent;
        if (Action === "oom") outOfMemory = true;
        if (Action === "die") return { exitCode: Number(Actor.Attributes.exitCode), outOfMemory };
      }
    }
  } catch (error) {
    if (!limit.passed || signal.aborted) throw lostWith(error, signal);
  }
  return undefined;
}

interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/** The sandbox is lost whichever way the engine failed to tell of it, unless there is no engine any more. */
function lostWith(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!SandboxError.is(error)) {
    return new SandboxError("sandbox_lost", "The engine did not tell how the process ended.", {
      cause: error,
    });
  }
  if (error.code === "engine_unavailable" || error.code === "permission_denied") return error;
  return new SandboxError("sandbox_lost", "The sandbox ended while the process ran.", { cause: error });
}
