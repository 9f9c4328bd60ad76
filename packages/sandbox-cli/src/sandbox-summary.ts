import type { SandboxSummary } from "@nanoclaw/sandbox";
import ms from "ms";

/** One sandbox for `--json`. Times are ISO 8601 in UTC; what is not known is left out or null. */
export function summaryJson(engine: string, sandbox: SandboxSummary): Record<string, unknown> {
  const { id, name, image, state, labels, createdAt, expiresAt, owner, ownerAlive, kept, orphaned } = sandbox;
  return {
    id,
    name,
    engine,
    image,
    state,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
    owner: { pid: owner.pid, alive: ownerAlive },
    kept,
    orphaned,
    labels,
  };
}

export const summaryHead = ["ID", "NAME", "ENGINE", "IMAGE", "STATE", "AGE", "ENDS"];

/** The same as a row of a table for people. */
export function summaryRow(engine: string, sandbox: SandboxSummary, now = Date.now()): string[] {
  const { id, name = "-", image = "-", state, createdAt } = sandbox;
  return [id, name, engine, image, state, ms(Math.max(0, now - createdAt)), whenItEnds(sandbox, now)];
}

function whenItEnds({ orphaned, expiresAt, owner, ownerAlive }: SandboxSummary, now: number): string {
  if (orphaned) return "left behind: sandbox gc";
  if (expiresAt !== undefined) return expiresAt > now ? `in ${ms(expiresAt - now)}` : "now";
  return ownerAlive === false ? `with process ${owner.pid}, which is gone` : `with process ${owner.pid}`;
}
