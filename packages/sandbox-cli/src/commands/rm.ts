import { removeSandbox, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import { findSandbox } from "../engines/find-sandbox.js";
import { type EngineFlags, enginesToAsk } from "../engines/open.js";
import { OWN_FAILURE, tellFailure } from "../failure.js";
import { write } from "../terminal/output.js";
import { withProgress } from "../terminal/progress.js";

/** Removes sandboxes, whoever made them and whatever runs in them, and prints each id when it is gone. */
export async function rm(
  idsOrNames: readonly string[],
  flags: EngineFlags,
  signal: AbortSignal,
): Promise<number> {
  const engines = await enginesToAsk(flags, signal);
  let failed = false;
  for (const idOrName of idsOrNames) {
    try {
      const id = await withProgress(`Removing the sandbox ${idOrName}`, () =>
        remove(idOrName, engines, signal),
      );
      await write(process.stdout, `${id}\n`, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!SandboxError.is(error)) throw error;
      tellFailure(error, flags.verbose);
      failed = true;
    }
  }
  return failed ? OWN_FAILURE : 0;
}

async function remove(
  idOrName: string,
  engines: readonly SandboxProvider[],
  signal: AbortSignal,
): Promise<string> {
  const { provider, sandbox } = await findSandbox(idOrName, engines, signal);
  await removeSandbox(provider, sandbox.id, { signal });
  return sandbox.id;
}
