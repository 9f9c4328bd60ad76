import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Form, Scenario } from "../scenario.js";
import { randomFile } from "./random-file.js";

const GUEST_PATH = "/tmp/sandbox-bench-large";

/** A file of the host into the guest and back to the host. Each contender has a process of its own for it. */
export function largeFile(form: Form): Scenario {
  const mebibytes = form === "full" ? 64 : 8;
  return {
    id: "large-file",
    question: `How long do upload and download of ${mebibytes} MiB take?`,
    metrics: [
      { id: "upload", title: `${mebibytes} MiB upload`, unit: "ms" },
      { id: "download", title: `${mebibytes} MiB download`, unit: "ms" },
    ],
    rounds: form === "full" ? 20 : 3,
    warmups: form === "full" ? 1 : 0,
    // Six owner processes would take longer than all that they measure.
    ...(form === "full" ? {} : { baselineRounds: 0 }),
    async prepare(contender, { directory, startOwner }) {
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
          if (Buffer.compare(await readFile(source), await readFile(copy)) !== 0) {
            throw new Error("Downloaded something else than was uploaded");
          }
          await rm(copy);
          return [
            { metric: "upload", value: up.ms },
            { metric: "download", value: down.ms },
          ];
        },
        end: () => owner.end(),
      };
    },
  };
}
