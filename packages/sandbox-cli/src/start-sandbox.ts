import {
  type CreateOptions,
  createSandbox,
  type Sandbox,
  type SandboxEvent,
  type SandboxProvider,
} from "@nanoclaw/sandbox";
import { notice } from "./terminal/output.js";
import { progressText, withProgress } from "./terminal/progress.js";

/** Creates a sandbox, and tells on standard error what takes long. */
export function startSandbox(
  provider: SandboxProvider,
  options: CreateOptions,
  signal: AbortSignal,
): Promise<Sandbox> {
  return withProgress(`Starting a sandbox on ${provider.name}`, (update) => {
    const onEvent = (event: SandboxEvent) => {
      const text = progressText(event);
      if (text !== undefined) update(text);
      else tellTrouble(event);
    };
    return createSandbox(provider, { ...options, signal, onEvent });
  });
}

/** What the user should know although nothing failed. */
export function tellTrouble(event: SandboxEvent): void {
  if (event.type === "warning" || event.type === "cleanup-failed") notice(`sandbox: ${event.message}`);
}
