import { listSandboxes } from "@nanoclaw/sandbox";
import { type EngineFlags, enginesToAsk } from "../engines/open.js";
import { summaryHead, summaryJson, summaryRow } from "../sandbox-summary.js";
import { write } from "../terminal/output.js";

export interface LsFlags extends EngineFlags {
  readonly json?: boolean;
  /** Ids alone. */
  readonly quiet?: boolean;
}

/** Lists the sandboxes of this installation, on one engine or on all that are there. */
export async function ls(flags: LsFlags, signal: AbortSignal): Promise<number> {
  const providers = await enginesToAsk(flags, signal);
  const lists = await Promise.all(
    providers.map(async (provider) =>
      (await listSandboxes(provider, { signal })).map((sandbox) => ({ engine: provider.name, sandbox })),
    ),
  );
  const found = lists.flat().sort((a, b) => a.sandbox.createdAt - b.sandbox.createdAt);
  if (flags.json) {
    const sandboxes = found.map(({ engine, sandbox }) => summaryJson(engine, sandbox));
    await write(process.stdout, `${JSON.stringify(sandboxes, undefined, 2)}\n`);
  } else if (flags.quiet) {
    await write(process.stdout, found.map(({ sandbox }) => `${sandbox.id}\n`).join(""));
  } else {
    const { formatTable } = await import("../terminal/table.js");
    const rows = found.map(({ engine, sandbox }) => summaryRow(engine, sandbox));
    await write(process.stdout, `${formatTable(summaryHead, rows)}\n`);
  }
  return 0;
}
