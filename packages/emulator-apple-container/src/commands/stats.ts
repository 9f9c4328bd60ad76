import { setTimeout as delay } from "node:timers/promises";
import type { ContainerUsage } from "../container/usage.js";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printListing } from "../output/print.js";
import { textTable } from "../output/text-table.js";
import type { ServiceConnection } from "../service/client.js";
import { listContainers, withService } from "../service/with-service.js";

const SAMPLE_MS = 2000;
const HEADER = ["Container ID", "Cpu %", "Memory Usage", "Net Rx/Tx", "Block I/O", "Pids"];
const CLEAR = "\u001b[H\u001b[J";
const ALTERNATE_SCREEN = "\u001b[?1049h\u001b[?25l";

/** apple-container.md §5.9. */
export const run: Command = async (parsed, context) =>
  await withService(context, "stats", async (service) => {
    const ids = await runningIds(service, parsed.texts("containers"));
    const format = parsed.text("format");
    let before = await sample(service, ids);
    if (format === "table" && !parsed.flag("no-stream")) {
      // A full screen without an end, also where there is no terminal.
      process.stdout.write(ALTERNATE_SCREEN);
      for (;;) {
        await delay(SAMPLE_MS);
        const after = await sample(service, ids);
        process.stdout.write(`${CLEAR}${textTable([HEADER, ...rowsOf(before, after)])}\n`);
        before = after;
      }
    }
    // With nothing to measure there is nothing to wait for.
    if (before.length > 0) await delay(SAMPLE_MS);
    const after = before.length > 0 ? await sample(service, ids) : before;
    printListing(format, { value: after, rows: [HEADER, ...rowsOf(before, after)] }, context.settings);
    return 0;
  });

/** Those asked for, or all; what does not run is left out. */
async function runningIds(service: ServiceConnection, asked: readonly string[]): Promise<string[]> {
  const containers = await listContainers(service);
  const missing = asked.find((id) => !containers.some((container) => container.id === id));
  if (missing !== undefined) throw new ContainerFailure("notFound", `no such container: ${missing}`);
  return containers
    .filter(({ id, status }) => status.state === "running" && (asked.length === 0 || asked.includes(id)))
    .map(({ id }) => id);
}

/** One that ends meanwhile is left out. */
async function sample(service: ServiceConnection, ids: readonly string[]): Promise<ContainerUsage[]> {
  const usages: ContainerUsage[] = [];
  for (const id of ids) {
    const usage = await service.call("containerStats", { id }).catch(() => null);
    if (usage !== null) usages.push(usage);
  }
  return usages;
}

function rowsOf(before: readonly ContainerUsage[], after: readonly ContainerUsage[]): string[][] {
  return after.map((usage) => {
    const earlier = before.find(({ id }) => id === usage.id);
    const usedUs = (usage.cpuUsageUsec ?? 0) - (earlier?.cpuUsageUsec ?? 0);
    const percent = (usedUs / (SAMPLE_MS * 1000)) * 100;
    return [
      usage.id,
      `${percent.toFixed(2)}%`,
      `${bytes(usage.memoryUsageBytes)} / ${bytes(usage.memoryLimitBytes)}`,
      `${bytes(usage.networkRxBytes)} / ${bytes(usage.networkTxBytes)}`,
      `${bytes(usage.blockReadBytes)} / ${bytes(usage.blockWriteBytes)}`,
      usage.numProcesses === undefined ? "--" : `${usage.numProcesses}`,
    ];
  });
}

function bytes(count: number | undefined): string {
  if (count === undefined) return "--";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(2)} ${units[unit]}`;
}
