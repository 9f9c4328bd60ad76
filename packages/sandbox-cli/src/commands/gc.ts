import { collectGarbage } from "@nanoclaw/sandbox";
import { type EngineFlags, enginesToAsk } from "../engines/open.js";
import { OWN_FAILURE, tellFailure } from "../failure.js";
import { summaryHead, summaryJson, summaryRow } from "../sandbox-summary.js";
import { write } from "../terminal/output.js";
import { withProgress } from "../terminal/progress.js";

export interface GcFlags extends EngineFlags {
  readonly json?: boolean;
  /** Removes. Without it nothing is touched. */
  readonly force?: boolean;
}

/** Removes what dead owners left behind; without `force` it only shows it. */
export async function gc(flags: GcFlags, signal: AbortSignal): Promise<number> {
  const providers = await enginesToAsk(flags, signal);
  const dryRun = flags.force !== true;
  const reports = await withProgress("Looking for sandboxes that were left behind", () =>
    Promise.all(
      providers.map(async (provider) => ({
        engine: provider.name,
        ...(await collectGarbage(provider, { dryRun, signal })),
      })),
    ),
  );
  const removed = reports.flatMap(({ engine, removed }) => removed.map((sandbox) => ({ engine, sandbox })));
  const failed = reports.flatMap(({ engine, failed }) => failed.map((each) => ({ engine, ...each })));
  for (const { error } of failed) tellFailure(error, flags.verbose);
  if (flags.json) {
    const report = {
      dryRun,
      removed: removed.map(({ engine, sandbox }) => summaryJson(engine, sandbox)),
      failed: failed.map(({ engine, sandbox, error }) => ({ ...summaryJson(engine, sandbox), error })),
    };
    await write(process.stdout, `${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    await write(process.stdout, await describe(removed, dryRun));
  }
  return failed.length > 0 ? OWN_FAILURE : 0;
}

type Removed = readonly { engine: string; sandbox: Parameters<typeof summaryRow>[1] }[];

async function describe(removed: Removed, dryRun: boolean): Promise<string> {
  if (removed.length === 0) return "Nothing was left behind.\n";
  const { formatTable } = await import("../terminal/table.js");
  const table = formatTable(
    summaryHead,
    removed.map(({ engine, sandbox }) => summaryRow(engine, sandbox)),
  );
  const last = dryRun ? 'Nothing was removed. "sandbox gc --force" removes these.' : "Removed.";
  return `${table}\n${last}\n`;
}
