import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Form, Scenario } from "../scenario.js";

const MEBIBYTES = 64;
const GUEST_PATH = "/tmp/sandbox-bench-large";

/** A file of the host into the guest and back to the host, by a process whose memory is watched. */
export function largeFile(form: Form): Scenario {
  return {
    id: "large-file",
    question: "How long do upload and download of 64 MiB take, and how much memory?",
    metrics: [
      { id: "upload", title: "64 MiB upload", unit: "ms" },
      { id: "download", title: "64 MiB download", unit: "ms" },
      { id: "upload-growth", title: "64 MiB upload, memory growth", unit: "bytes" },
      { id: "download-growth", title: "64 MiB download, memory growth", unit: "bytes" },
    ],
    rounds: form === "full" ? 20 : 2,
    // The first transfer of a process is when its heap grows to the size at which it then stays.
    warmups: 1,
    ...(form === "full" ? {} : { budgetMs: 8_000 }),
    async prepare(contender, { directory, startOwner }) {
      const owner = await startOwner(contender);
      const source = join(directory, `source-of-${MEBIBYTES}-MiB`);
      const copy = join(directory, `${owner.mark}-copy`);
      if (!existsSync(source)) await writeRandomFile(source);
      await owner.ask("start", {});
      return {
        async turn() {
          const up = await owner.ask("upload", { hostPath: source, guestPath: GUEST_PATH });
          const down = await owner.ask("download", { hostPath: copy, guestPath: GUEST_PATH });
          if (Buffer.compare(await readFile(source), await readFile(copy)) !== 0) {
            throw new Error("Downloaded something else than was uploaded");
          }
          await rm(copy);
          return [
            { metric: "upload", value: up.ms },
            { metric: "download", value: down.ms },
            { metric: "upload-growth", value: up.growthBytes },
            { metric: "download-growth", value: down.growthBytes },
          ];
        },
        async end() {
          try {
            await owner.ask("end", {});
          } finally {
            await owner.kill();
            await rm(copy, { force: true });
          }
        },
      };
    },
  };
}

async function writeRandomFile(path: string): Promise<void> {
  await using file = await open(path, "w");
  for (let count = 0; count < MEBIBYTES; count++) await file.write(randomBytes(1024 * 1024));
}
