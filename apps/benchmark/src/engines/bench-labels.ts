import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { Target } from "./target.js";

const RUN = "sandbox-bench.run";
const OWNER = "sandbox-bench.owner";
const LOOK_AGAIN_MS = 100;

/** On everything that a run makes, where the engine can keep it. */
export function benchLabels({ runId, ownerMark }: Target): Record<string, string> {
  return { [RUN]: runId, ...(ownerMark === undefined ? {} : { [OWNER]: ownerMark }) };
}

/**
 * Removes what baselines of this run left on an engine.
 *
 * @param quietMs Returns when nothing of the run was there for this long. A client that was killed may have sent a
 * request that the engine still carries out.
 * @returns How many were removed.
 */
export async function removeLabelled(docker: Docker, runId: string, quietMs: number): Promise<number> {
  const removed = new Set<string>();
  let quietSince = performance.now();
  for (;;) {
    const found = await docker.listContainers({ all: true, filters: { label: [`${RUN}=${runId}`] } });
    await Promise.all(found.map(({ Id }) => removeContainer(docker, Id)));
    for (const { Id } of found) removed.add(Id);
    if (found.length > 0) quietSince = performance.now();
    if (performance.now() - quietSince >= quietMs) return removed.size;
    await delay(LOOK_AGAIN_MS);
  }
}

/** Kills and removes a container with its anonymous volumes. One that is gone or on its way is fine. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    const status =
      typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
    // 404: gone. 409: somebody else is removing it.
    if (status !== 404 && status !== 409) throw error;
  }
}
