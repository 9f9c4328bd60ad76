import { type EngineReport, probeEngine } from "@nanoclaw/sandbox";
import type { Host } from "../run/group-sandbox.js";
import { type Runtime, runtimes } from "../runtime.js";
import { Refusal } from "./refusal.js";

/** NanoClaw waits ten seconds, and gives up for good: an engine that starts with the machine gets most of them. */
const PATIENCE_MS = 8_000;
const PROBE_MS = 5_000;
const PAUSE_MS = 500;

/** NanoClaw asks this once at its start. It is fine when any engine is there; a group's own is looked at by its runs. */
export async function info(getHost: () => Promise<Host>): Promise<number> {
  const host = await getHost();
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const reports = await Promise.all(runtimes.map((runtime) => look(host, runtime)));
    if (reports.some(({ available }) => available)) {
      process.stdout.write(`Server: nanoclaw-sandbox\n${reports.map(({ line }) => ` ${line}\n`).join("")}`);
      return 0;
    }
    if (performance.now() > deadline) {
      throw new Refusal(`No engine is there.\n${reports.map(({ line }) => `  ${line}`).join("\n")}`, {
        exitCode: 1,
        hint: "Start one of them. `nanoclaw-sandbox doctor` tells more.",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function look({ router }: Host, runtime: Runtime): Promise<{ available: boolean; line: string }> {
  try {
    const report = await probeEngine(await router.provider(runtime), { timeoutMs: PROBE_MS });
    return { available: report.available, line: `${runtime}: ${summaryOf(report)}` };
  } catch (error) {
    return { available: false, line: `${runtime}: ${(error as Error).message}` };
  }
}

function summaryOf({ available, version, problems }: EngineReport): string {
  if (available) return version ?? "there";
  return problems.map(({ message }) => message.split("\n")[0]).join(" ") || "not there";
}
