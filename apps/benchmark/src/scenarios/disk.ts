import { existsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "../engines/connection.js";
import type { Target } from "../engines/target.js";
import type { Form, Scenario } from "../scenario.js";

/** An engine may remove its files after it has told that the sandbox is gone. */
const SETTLE_MS = 500;

/** What sandboxes take of the file systems that the engine and their owner write to. For one sandbox each. */
export function disk(form: Form): Scenario {
  const sandboxCount = form === "full" ? 4 : 2;
  return {
    id: "disk",
    question: "How much of the disk does a sandbox take that has written nothing, and after its removal?",
    metrics: [
      { id: "held", title: "disk that a sandbox takes", unit: "bytes" },
      { id: "left", title: "disk not given back after removal", unit: "bytes" },
    ],
    rounds: form === "full" ? 3 : 1,
    warmups: 0,
    baselineRounds: form === "full" ? 1 : 0,
    async prepare(contender, { startOwner, directory }) {
      const engine = await engineDirectory(contender.target);
      if ("notApplicable" in engine) return engine;
      const places = [directory, ...engine.directories];
      return {
        async turn() {
          const owner = await startOwner(contender);
          try {
            const before = await usedBytes(places);
            for (let count = 0; count < sandboxCount; count++) await owner.ask("start", {});
            await delay(SETTLE_MS);
            const held = await usedBytes(places);
            await owner.end();
            await delay(SETTLE_MS);
            const left = await usedBytes(places);
            return [
              { metric: "held", value: (held - before) / sandboxCount },
              { metric: "left", value: (left - before) / sandboxCount },
            ];
          } finally {
            await owner.kill();
          }
        },
        end: async () => undefined,
      };
    },
  };
}

/** Where the engine keeps sandboxes, as far as that is not where the owner keeps its state. */
async function engineDirectory({
  engine,
  endpoint,
}: Target): Promise<{ directories: string[] } | { notApplicable: string }> {
  if (engine !== "docker" || endpoint === undefined) return { directories: [] };
  const { DockerRootDir: root } = await connect(endpoint).info();
  if (typeof root === "string" && existsSync(root)) return { directories: [root] };
  return { notApplicable: "the engine keeps its files where this program cannot see them" };
}

/** Of the file systems that hold these places, each counted once. Whatever else writes to them is in it. */
async function usedBytes(places: readonly string[]): Promise<number> {
  const devices = new Map<number, string>();
  for (const place of places) devices.set((await stat(place)).dev, place);
  let used = 0;
  for (const place of devices.values()) {
    const { blocks, bfree, bsize } = await statfs(place);
    used += (blocks - bfree) * bsize;
  }
  return used;
}
