import type { CallOptions } from "./command-options.js";
import { SandboxError } from "./contract/error.js";
import type { EngineReport, SandboxProvider } from "./contract/provider.js";
import type { SandboxRecord } from "./contract/request.js";
import { checkKeys, checkSignal, checkText, checkTimeout, show } from "./internal/check.js";
import { checkProvider } from "./internal/check-provider.js";
import { withDeadline } from "./internal/deadline.js";
import { forgetKept, keptUntil } from "./internal/kept.js";
import { isAlive, thisOwner } from "./internal/owner.js";
import { asSandboxError } from "./internal/session.js";

/** A sandbox of this installation. */
export interface SandboxSummary extends SandboxRecord {
  /** Whether the program that made it still runs; null where that cannot be told from here. */
  readonly ownerAlive: boolean | null;
  /** It does not end with its owner, by `lifetime` or `keep`. */
  readonly kept: boolean;
  /** Nobody will end it any more, or its time is up: `collectGarbage` removes it. */
  readonly orphaned: boolean;
}

export interface GarbageReport {
  /** What was removed, or with `dryRun` what would be. */
  readonly removed: SandboxSummary[];
  readonly failed: { readonly sandbox: SandboxSummary; readonly error: SandboxError }[];
  /** What was left alone, being in use or of unknown use. */
  readonly kept: SandboxSummary[];
}

const callMs = 30_000;
/** Granted to a sandbox to end itself after its time is up, in milliseconds. */
const graceMs = 10_000;

/** Looks whether the engine is there. An engine that is not is a report, too. */
export async function probeEngine(
  provider: SandboxProvider,
  options: CallOptions = {},
): Promise<EngineReport> {
  return await onEngine("probe", provider, options, (signal) =>
    provider.probe({ signal, emit: () => undefined }),
  );
}

/** The sandboxes of this installation on an engine, whoever made them. */
export async function listSandboxes(
  provider: SandboxProvider,
  options: CallOptions = {},
): Promise<SandboxSummary[]> {
  return await onEngine("list", provider, options, (signal) => summaries(provider, signal));
}

/**
 * Removes the sandboxes of this installation that nobody will end any more: what crashes and power cuts have
 * left. Those of other installations are never touched, nor those whose owner may be alive (G10).
 */
export async function collectGarbage(
  provider: SandboxProvider,
  options: CallOptions & { dryRun?: boolean } = {},
): Promise<GarbageReport> {
  const { dryRun = false, ...call } = options;
  return await onEngine("collectGarbage", provider, call, async (signal) => {
    const { installation } = await thisOwner();
    const all = await summaries(provider, signal);
    const report: GarbageReport = { removed: [], failed: [], kept: all.filter(({ orphaned }) => !orphaned) };
    for (const sandbox of all.filter(({ orphaned }) => orphaned)) {
      try {
        if (!dryRun) {
          await provider.remove(sandbox.id, installation, { signal, emit: () => undefined });
          await forgetKept(sandbox.id);
        }
        report.removed.push(sandbox);
      } catch (error) {
        if (signal.aborted) throw error;
        report.failed.push({ sandbox, error: asSandboxError(error) });
      }
    }
    return report;
  });
}

/**
 * Ends a sandbox of this installation, by id or name, in whatever state it is.
 *
 * @throws SandboxError `sandbox_not_found`.
 */
export async function removeSandbox(
  provider: SandboxProvider,
  idOrName: string,
  options: CallOptions = {},
): Promise<SandboxSummary> {
  checkText("The id or name", idOrName);
  return await onEngine("remove", provider, options, async (signal) => {
    const all = await summaries(provider, signal);
    const found = all.find(({ id, name }) => id === idOrName || name === idOrName);
    if (!found) throw notFound(provider, idOrName);
    await provider.remove(found.id, found.owner.installation, { signal, emit: () => undefined });
    await forgetKept(found.id);
    return found;
  });
}

export function notFound(provider: SandboxProvider, idOrName: string): SandboxError {
  return new SandboxError("sandbox_not_found", `${provider.name} has no such sandbox: ${show(idOrName)}.`, {
    hint: "listSandboxes tells which there are.",
  });
}

async function summaries(provider: SandboxProvider, signal: AbortSignal): Promise<SandboxSummary[]> {
  const { installation } = await thisOwner();
  const records = await provider.list(installation, { signal, emit: () => undefined });
  const until = await keptUntil();
  return await Promise.all(
    records.map(async (record) => {
      const expiresAt = until.get(record.id) ?? record.expiresAt;
      const ownerAlive = await isAlive(record.owner);
      const kept = expiresAt !== undefined;
      const over = kept ? Date.now() > expiresAt + graceMs : ownerAlive === false;
      // Not started, or at its end, and its owner is at work on it. A kept one at its end is nobody's work.
      const inHand =
        ownerAlive !== false && (record.state === "created" || (record.state === "ended" && !kept));
      const orphaned = (over || record.state !== "running") && !inHand;
      return { ...record, expiresAt, ownerAlive, kept, orphaned };
    }),
  );
}

async function onEngine<T>(
  operation: string,
  provider: SandboxProvider,
  options: CallOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  checkProvider(provider);
  checkKeys(operation, options, ["timeoutMs", "signal"]);
  const { timeoutMs = callMs, signal } = options;
  checkTimeout("timeoutMs", timeoutMs);
  checkSignal("signal", signal);
  try {
    return await withDeadline({ operation, timeoutMs, signal }, work);
  } catch (error) {
    throw asSandboxError(error).with({ operation });
  }
}
