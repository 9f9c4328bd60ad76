import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Form, Scenario } from "../scenario.js";
import { randomFile } from "./random-file.js";

const GUEST_PATH = "/tmp/sandbox-bench-memory";

/**
 * Memory of the process that moves a file. Large enough to tell garbage that waits to be collected, of which Node.js
 * lets some 64 MiB come together, from a file that is held in memory.
 */
export function transferMemory(form: Form): Scenario {
  const mebibytes = form === "full" ? 256 : 64;
  return {
    id: "transfer-memory",
    question: `How far does the owner's memory grow by upload and download of ${mebibytes} MiB?`,
    metrics: [
      { id: "upload", title: `${mebibytes} MiB upload, memory growth`, unit: "bytes" },
      { id: "download", title: `${mebibytes} MiB download, memory growth`, unit: "bytes" },
    ],
    rounds: form === "full" ? 2 : 1,
    baselineRounds: form === "full" ? 1 : 0,
    warmups: 0,
    async prepare(contender, { directory, startOwner }) {
      if (contender.id === "docker-cli") return { notApplicable: "does it in a process of its own" };
      const owner = await startOwner(contender);
      const source = await randomFile(directory, mebibytes);
      const copy = join(owner.directory, "copy");
      const { abilities } = await owner.ask("start", {});
      if (!abilities.includes("upload")) {
        await owner.end();
        return { notApplicable: "has no way to move files" };
      }
      return {
        async turn() {
          const up = await owner.ask("upload", { hostPath: source, guestPath: GUEST_PATH });
          const down = await owner.ask("download", { hostPath: copy, guestPath: GUEST_PATH });
          await rm(copy);
          return [
            { metric: "upload", value: up.growthBytes },
            { metric: "download", value: down.growthBytes },
          ];
        },
        end: () => owner.end(),
      };
    },
  };
}
