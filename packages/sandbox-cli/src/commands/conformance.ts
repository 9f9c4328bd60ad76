import { stripVTControlCharacters } from "node:util";
import { readEngineOptions } from "../command-line/engine-options.js";
import { UsageError } from "../command-line/usage-error.js";
import { loadEngine } from "../engines/load.js";
import { write } from "../terminal/output.js";

export interface ConformanceFlags {
  readonly engineOption?: string[];
  readonly image?: string;
  readonly otherUser?: string;
  readonly only?: string[];
  readonly full?: boolean;
  readonly seed?: string;
  readonly json?: boolean;
}

/** Runs the checks that every adapter must pass against a real engine. 0 when none failed. */
export async function conformance(
  engine: string,
  flags: ConformanceFlags,
  signal: AbortSignal,
): Promise<number> {
  const { formatReport, formatResult, runConformance, selectChecks } = await import(
    "@nanoclaw/sandbox-conformance"
  );
  for (const each of flags.only ?? []) {
    if (selectChecks(each).length === 0) {
      throw new UsageError(
        `--only ${each}: there is no such check. Write a guarantee, G1 to G12, or a check's id.`,
      );
    }
  }
  const provider = await loadEngine(engine, readEngineOptions(flags.engineOption));
  const target = {
    name: engine,
    provider: () => provider,
    create: flags.image === undefined ? {} : { image: flags.image },
    otherUser: flags.otherUser,
  };
  const report = await runConformance(target, {
    filter: flags.only,
    scale: flags.full ? "full" : "suite",
    seed: flags.seed,
    signal,
    onResult: (result) => {
      // A check takes seconds: the person who waits sees each as it comes, whatever the report's form.
      if (flags.json !== true || process.stderr.isTTY)
        process.stderr.write(`${plain(formatResult(result))}\n`);
    },
  });
  signal.throwIfAborted();
  const text = flags.json ? JSON.stringify(report, undefined, 2) : plain(formatReport(report));
  await write(process.stdout, `${text}\n`);
  return report.failed > 0 ? 1 : 0;
}

function plain(text: string): string {
  return stripVTControlCharacters(text);
}
