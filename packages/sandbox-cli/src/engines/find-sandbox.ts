import { listSandboxes, SandboxError, type SandboxProvider, type SandboxSummary } from "@nanoclaw/sandbox";
import { UsageError } from "../command-line/usage-error.js";
import { type EngineFlags, enginesToAsk } from "./open.js";
import { whyNot } from "./survey.js";

/** The sandbox of this id or name, and the engine that has it. Asks every engine unless one is named. */
export async function findSandbox(
  idOrName: string,
  flags: EngineFlags,
  signal: AbortSignal,
): Promise<{ provider: SandboxProvider; sandbox: SandboxSummary }> {
  const { providers, others } = await enginesToAsk(flags, signal);
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
    const notAsked = others.filter(({ provider }) => provider !== undefined);
    const reasons = notAsked.map((finding) => `${finding.name} was not asked: ${whyNot(finding)}`);
    throw new SandboxError("sandbox_not_found", `There is no sandbox "${idOrName}".`, {
      hint: ['"sandbox ls" shows those that are there.', ...reasons].join("\n  "),
    });
  }
  if (found.length > 1) {
    const engines = found.map(({ provider }) => provider.name).join(", ");
    throw new UsageError(`"${idOrName}" is on several engines (${engines}). Say which, by --engine.`);
  }
  return only;
}
