import { listSandboxes, SandboxError, type SandboxProvider, type SandboxSummary } from "@nanoclaw/sandbox";
import { UsageError } from "../command-line/usage-error.js";

/** The sandbox of this id or name, and the engine that has it. */
export async function findSandbox(
  idOrName: string,
  providers: readonly SandboxProvider[],
  signal: AbortSignal,
): Promise<{ provider: SandboxProvider; sandbox: SandboxSummary }> {
  const lists = await Promise.all(
    providers.map(async (provider) => {
      const sandboxes = await listSandboxes(provider, { signal });
      return sandboxes
        .filter(({ id, name }) => id === idOrName || name === idOrName)
        .map((sandbox) => ({ provider, sandbox }));
    }),
  );
  const found = lists.flat();
  const [only] = found;
  if (!only) {
    const asked = providers.map(({ name }) => name).join(", ") || "none";
    throw new SandboxError("sandbox_not_found", `There is no sandbox "${idOrName}". Asked: ${asked}.`, {
      hint: '"sandbox ls" shows those that are there.',
    });
  }
  if (found.length > 1) {
    const engines = found.map(({ provider }) => provider.name).join(", ");
    throw new UsageError(`"${idOrName}" is on several engines (${engines}). Say which, by --engine.`);
  }
  return only;
}
