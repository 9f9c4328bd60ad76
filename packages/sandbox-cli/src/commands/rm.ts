import { removeSandbox } from "@nanoclaw/sandbox";
import { findSandbox } from "../engines/find-sandbox.js";
import type { EngineFlags } from "../engines/open.js";
import { describeFailure, OWN_FAILURE } from "../failure.js";
import { notice, write } from "../terminal/output.js";
import { withProgress } from "../terminal/progress.js";

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

async function remove(idOrName: string, flags: EngineFlags, signal: AbortSignal): Promise<string> {
  const { provider, sandbox } = await findSandbox(idOrName, flags, signal);
  await removeSandbox(provider, sandbox.id, { signal });
  return sandbox.id;
}
