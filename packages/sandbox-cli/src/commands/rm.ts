import { SandboxError } from "@nanoclaw/sandbox";
import { findSandbox } from "../engines/find-sandbox.js";
import type { EngineFlags } from "../engines/open.js";
import { describeFailure, OWN_FAILURE } from "../failure.js";
import { notice, write } from "../terminal/output.js";
import { withProgress } from "../terminal/progress.js";

const REMOVE_TIMEOUT_MS = 30_000;

/** Removes sandboxes, whoever made them and whatever runs in them, and prints each id when it is gone. */
export async function rm(
  idsOrNames: readonly string[],
  flags: EngineFlags,
  signal: AbortSignal,
): Promise<number> {
  let failed = false;
  for (const idOrName of idsOrNames) {
    try {
      const id = await withProgress(`Removing the sandbox ${idOrName}`, () =>
        remove(idOrName, flags, signal),
      );
      await write(process.stdout, `${id}\n`, signal);
    } catch (error) {
      signal.throwIfAborted();
      for (const line of describeFailure(error, flags.verbose === true)) notice(line);
      failed = true;
    }
  }
  return failed ? OWN_FAILURE : 0;
}

/** Also what is not running any more, or not yet, and cannot be attached to. */
async function remove(idOrName: string, flags: EngineFlags, signal: AbortSignal): Promise<string> {
  const { provider, sandbox } = await findSandbox(idOrName, flags, signal);
  const { id, owner } = sandbox;
  const ended = new AbortController();
  const stop = (error: SandboxError) => ended.abort(error);
  const timer = setTimeout(
    () =>
      stop(
        new SandboxError("timeout", `${provider.name} did not remove ${id} in time.`, {
          operation: "remove",
        }),
      ),
    REMOVE_TIMEOUT_MS,
  );
  const onAbort = () =>
    stop(new SandboxError("aborted", "The removal was interrupted.", { operation: "remove" }));
  signal.addEventListener("abort", onAbort);
  try {
    await provider.remove(id, owner.installation, { signal: ended.signal, emit: () => undefined });
    return id;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
