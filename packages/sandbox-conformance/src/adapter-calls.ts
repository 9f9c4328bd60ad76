import type { AdapterEvent, CallContext } from "@nanoclaw/sandbox/adapter";
import type { CheckContext } from "./check.js";

/** What core passes with each call to an adapter, for checks that call an adapter themselves. */
export function callContext(
  signal: AbortSignal = AbortSignal.timeout(20_000),
  emit: (event: AdapterEvent) => void = () => undefined,
): CallContext {
  return { signal, emit };
}

/** The id of this installation, as the engine remembers it with a sandbox of ours. */
export async function thisInstallation(context: CheckContext, sandboxId: string): Promise<string> {
  const record = (await context.run.sandboxes()).find(({ id }) => id === sandboxId);
  if (!record) throw new Error(`The engine does not list ${sandboxId}, which was made just now.`);
  return record.owner.installation;
}
