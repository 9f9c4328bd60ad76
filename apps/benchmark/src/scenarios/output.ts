import { timed } from "../clock.js";
import type { Form, Scenario } from "../scenario.js";

const MEBIBYTE = 1024 * 1024;

/** Standard output as fast as it comes: a stream of zeros, which no guest is slow to make. */
export function output(form: Form): Scenario {
  const mebibytes = form === "full" ? 64 : 16;
  const byteCount = mebibytes * MEBIBYTE;
  return {
    id: "output",
    question: `How long do ${mebibytes} MiB of a command's standard output take to its owner?`,
    metrics: [{ id: "time", title: `${mebibytes} MiB of output`, unit: "ms" }],
    rounds: form === "full" ? 20 : 3,
    warmups: form === "full" ? 1 : 0,
    ...(form === "full" ? { baselineRounds: 10, budgetMs: 60_000 } : {}),
    async prepare(contender) {
      const sandbox = await contender.start();
      const { stream } = sandbox;
      if (!stream) {
        await sandbox.remove();
        return { notApplicable: "gives output only as a whole" };
      }
      return {
        async turn() {
          const { ms, value } = await timed(async () =>
            countZeros(await stream.call(sandbox, ["head", "-c", String(byteCount), "/dev/zero"])),
          );
          if (value !== byteCount) throw new Error(`Output ended after ${value} of ${byteCount} bytes`);
          return [{ metric: "time", value: ms }];
        },
        end: () => sandbox.remove(),
      };
    },
  };
}

async function countZeros(stream: AsyncIterable<Buffer>): Promise<number> {
  const zeros = Buffer.alloc(MEBIBYTE);
  let count = 0;
  for await (const chunk of stream) {
    for (let start = 0; start < chunk.length; start += MEBIBYTE) {
      const part = chunk.subarray(start, start + MEBIBYTE);
      if (!zeros.subarray(0, part.length).equals(part)) throw new Error("Output has other bytes than zeros");
    }
    count += chunk.length;
  }
  return count;
}
