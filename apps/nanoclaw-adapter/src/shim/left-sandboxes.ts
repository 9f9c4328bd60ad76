import { listSandboxes, removeSandbox, SandboxError, type SandboxSummary } from "@nanoclaw/sandbox";
import { labelNames } from "../labels.js";
import type { Host } from "../run/group-sandbox.js";
import type { RunRecord } from "./run-records.js";

/** Label of the name that NanoClaw gave, which may be longer than names of sandboxes are. */
export const nameLabel = "nanoclaw-container-name";

/** What an engine still has of a run whose process is gone. Normally nothing, a moment later. */
export async function leftOf(record: RunRecord, { router, installation }: Host): Promise<SandboxSummary[]> {
  if (record.runtime === undefined) return [];
  const sandboxes = await listSandboxes(await router.provider(record.runtime));
  return sandboxes.filter(
    ({ labels }) =>
      labels[labelNames.installation] === installation.slug && labels[nameLabel] === record.name,
  );
}

/** Ends what is left; returns when the engine no longer knows it. */
export async function removeLeft(record: RunRecord, host: Host): Promise<void> {
  for (const { id } of await leftOf(record, host)) {
    const provider = await host.router.provider(record.runtime ?? "docker");
    await removeSandbox(provider, id).catch((error) => {
      // Its guardian was quicker.
      if (!SandboxError.is(error, "sandbox_not_found")) throw error;
    });
  }
}
