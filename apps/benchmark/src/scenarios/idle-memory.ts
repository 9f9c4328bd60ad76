import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Form, Scenario } from "../scenario.js";

/** What a start leaves under way, such as the end of helper processes, is over by then. */
const SETTLE_MS = 300;

/** Sandboxes that do nothing, in a process of its own. All figures are for one sandbox. */
export function idleMemory(form: Form): Scenario {
  const sandboxCount = form === "full" ? 4 : 2;
  return {
    id: "idle-memory",
    question:
      "How much memory does an idle sandbox take: by the engine's account, of the host, and of its owner?",
    metrics: [
      {
        id: "engine",
        title: "idle sandbox, memory by the engine's account",
        unit: "bytes",
        without: "gives no account",
      },
      {
        id: "host",
        title: "idle sandbox, memory that the host loses",
        unit: "bytes",
        without: "Linux alone tells it",
      },
      { id: "owner", title: "idle sandbox, memory of its owner", unit: "bytes" },
    ],
    rounds: form === "full" ? 3 : 1,
    warmups: 0,
    baselineRounds: form === "full" ? 1 : 0,
    async prepare(contender, { startOwner }) {
      return {
        async turn() {
          const owner = await startOwner(contender);
          try {
            const resident = await owner.ask("resident", {});
            const before = availableMemory();
            for (let count = 0; count < sandboxCount; count++) await owner.ask("start", {});
            await delay(SETTLE_MS);
            const { bytes: residentNow } = await owner.ask("resident", {});
            const after = availableMemory();
            const { bytes: accounted } = await owner.ask("accounted", {});
            return [
              { metric: "owner", value: (residentNow - resident.bytes) / sandboxCount },
              ...(before === undefined || after === undefined
                ? []
                : [{ metric: "host", value: (before - after) / sandboxCount }]),
              ...(accounted === undefined ? [] : [{ metric: "engine", value: accounted / sandboxCount }]),
            ];
          } finally {
            await owner.end();
          }
        },
        end: async () => undefined,
      };
    },
  };
}

/** What the kernel could give to a new program, in bytes. Whatever else goes on on the machine is in it. */
function availableMemory(): number | undefined {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
