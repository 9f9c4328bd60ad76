import { randomBytes } from "node:crypto";
import { timed } from "../clock.js";
import type { Form, Scenario } from "../scenario.js";

const PATH = "/tmp/sandbox-bench-small";

/** 1 KiB from memory into a file of the guest and back. */
export function smallFile(form: Form): Scenario {
  return {
    id: "small-file",
    question: "How long does it take to write and to read a file of 1 KiB?",
    metrics: [
      { id: "write", title: "1 KiB file, write", unit: "ms" },
      { id: "read", title: "1 KiB file, read", unit: "ms" },
    ],
    rounds: form === "full" ? 40 : 8,
    warmups: form === "full" ? 3 : 1,
    async prepare(contender) {
      const sandbox = await contender.start();
      const { writeFile, readFile } = sandbox;
      if (!writeFile || !readFile) {
        await sandbox.remove();
        return { notApplicable: "has no way to write and read a file from memory" };
      }
      return {
        async turn() {
          const content = randomBytes(1024);
          const written = await timed(() => writeFile.call(sandbox, PATH, content));
          const read = await timed(() => readFile.call(sandbox, PATH));
          if (Buffer.compare(content, read.value) !== 0)
            throw new Error("Read something else than was written");
          return [
            { metric: "write", value: written.ms },
            { metric: "read", value: read.ms },
          ];
        },
        end: () => sandbox.remove(),
      };
    },
  };
}
