import { once } from "node:events";
import { PassThrough, Transform, type Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { OutputChunk } from "@nanoclaw/sandbox/adapter";
import { type Fault, withDriver, withOutput, withProcess } from "../fault.js";
import { laneProvider } from "../lane-provider.js";

/** Passes on so many bytes, and drops the rest. */
function firstBytes(count: number, stdin: Writable): Writable {
  let left = count;
  const some = new Transform({
    transform(data: Buffer, _, callback) {
      const part = data.subarray(0, left);
      left -= part.length;
      callback(null, part);
    },
  });
  some.pipe(stdin).on("error", () => some.resume());
  return some;
}

/** G7: bytes that do not arrive, or arrive where they should not. */
export const exactFaults: readonly Fault[] = [
  {
    fault: "loses the last chunk of output",
    caughtBy: ["G7.to-the-last", "G7.every-byte", "G7.streams"],
    says: /bytes on standard|0 bytes where|Expected/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        let held: OutputChunk | undefined;
        for await (const chunk of output) {
          if (held) yield held;
          held = chunk;
        }
      }),
  },
  {
    fault: "loses standard error that comes after the end of standard output",
    caughtBy: ["G7.to-the-last"],
    says: /standard/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        let bytes = 0;
        for await (const chunk of output) {
          bytes += chunk.data.length;
          if (bytes < 15_000) yield chunk;
        }
      }),
  },
  {
    fault: "takes stdout for stderr",
    caughtBy: ["G7.apart"],
    says: /out0/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        for await (const { stream, data } of output)
          yield { stream: stream === "stdout" ? "stderr" : "stdout", data };
      }),
  },
  {
    fault: "mixes stderr into stdout",
    caughtBy: ["G7.apart"],
    says: /err0/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        for await (const { data } of output) yield { stream: "stdout", data };
      }),
  },
  {
    fault: "gives stderr when stdout has ended",
    caughtBy: ["G7.in-order"],
    says: /the answer to e1 did not settle/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        const errors: OutputChunk[] = [];
        for await (const chunk of output) {
          if (chunk.stream === "stderr") errors.push(chunk);
          else yield chunk;
        }
        yield* errors;
      }),
  },
  {
    fault: "reads output as text, chunk by chunk",
    caughtBy: ["G7.every-byte", "G7.utf8"],
    says: /bytes where|�/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        for await (const { stream, data } of output) {
          yield { stream, data: Buffer.from(Buffer.from(data).toString("utf8")) };
        }
      }),
  },
  {
    fault: "writes a line of its own where there is no output",
    caughtBy: ["G7.empty"],
    says: /done/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        yield* output;
        yield { stream: "stdout", data: Buffer.from("done\n") };
      }),
  },
  {
    fault: "takes 64 KiB of input and no more",
    caughtBy: ["G7.input", "G7.volume-input"],
    says: /bytes where|another input/,
    provider: (base) => withProcess(base, ({ stdin }) => ({ stdin: firstBytes(65_536, stdin) })),
  },
  {
    fault: "keeps standard input open after its end",
    caughtBy: ["G7.no-input", "G7.live-input"],
    says: /did not settle/,
    provider: (base) =>
      withProcess(base, ({ stdin }) => {
        const open = new PassThrough();
        open.pipe(stdin, { end: false });
        return { stdin: open };
      }),
  },
  {
    fault: "fails when a command does not read its input",
    caughtBy: ["G7.unread-input"],
    says: /EPIPE|rejected|adapter|adapter failed/,
    provider: (base) =>
      withProcess(base, ({ stdin, exited }) => ({
        exited: Promise.race([exited, once(stdin, "error").then(([error]) => Promise.reject(error))]),
      })),
  },
  {
    fault: "reads ahead as fast as it can, whoever reads",
    caughtBy: ["G7.volume-slow-reader", "G7.volume-unread", "G7.files-stream"],
    says: /Memory grew/,
    provider: (base) =>
      withProcess(base, ({ output }) => {
        const all: OutputChunk[] = [];
        let over = false;
        const reading = (async () => {
          for await (const chunk of output) all.push(chunk);
          over = true;
        })();
        return {
          output: (async function* () {
            for (let at = 0; !over || at < all.length; at++) {
              while (at >= all.length && !over) await delay(1);
              const chunk = all[at];
              if (chunk) yield chunk;
            }
            await reading;
          })(),
        };
      }),
  },
  {
    fault: "gives up on output that nobody reads for half a second",
    caughtBy: ["G7.late-reader"],
    says: /the output ends with|lines are missing/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        for await (const chunk of output) {
          const given = performance.now();
          yield chunk;
          if (performance.now() - given > 300) return;
        }
      }),
  },
  {
    fault: "cannot kill a command that waits for somebody to read",
    caughtBy: ["G7.volume-kill-unread"],
    says: /kill did not settle/,
    provider: (base) =>
      withProcess(base, (process) => {
        let bytes = 0;
        return {
          output: (async function* () {
            for await (const chunk of process.output) {
              bytes += chunk.data.length;
              yield chunk;
            }
          })(),
          kill: async (signal) => {
            while (bytes < 1_000_000) await delay(10);
            await process.kill?.(signal);
          },
        };
      }),
  },
  {
    fault: "ends a command that wrote more than a megabyte",
    caughtBy: ["G7.volume-dropped"],
    says: /null !== 0|exitCode|!==/,
    provider: (base) =>
      withProcess(base, (process) => ({
        output: (async function* () {
          let bytes = 0;
          for await (const chunk of process.output) {
            bytes += chunk.data.length;
            if (bytes > 2 ** 20) await process.kill?.("SIGKILL");
            yield chunk;
          }
        })(),
      })),
  },
  {
    fault: "carries commands over one shell: a writer in the background writes into the next",
    caughtBy: ["G7.background-writers"],
    says: /another command's output|did not settle/,
    provider: (base) => laneProvider(base),
  },
  {
    fault: "carries commands over one shell: a command can pretend its end",
    caughtBy: ["G7.pretended-end"],
    says: /cut|believed|did not settle/,
    provider: (base) => laneProvider(base),
  },
  {
    fault: "carries commands over one shell: a command ends when its output does",
    caughtBy: ["G7.output-after-end"],
    says: /did not settle/,
    provider: (base) =>
      withProcess(base, ({ output, exited }) => {
        let ended: (() => void) | undefined;
        const outputEnded = new Promise<void>((resolve) => {
          ended = resolve;
        });
        return {
          output: (async function* () {
            yield* output;
            ended?.();
          })(),
          exited: Promise.all([exited, outputEnded]).then(([exit]) => exit),
        };
      }),
  },
  {
    fault: "takes NUL for the end of a message",
    caughtBy: ["G7.split-output", "G7.pretended-end"],
    says: /missing|Expected|cut/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        for await (const { stream, data } of output)
          yield { stream, data: data.filter((byte) => byte !== 0) };
      }),
  },
  {
    fault: "mixes up the outputs of commands that run at once",
    caughtBy: ["G7.at-once", "G7.hundred-at-once"],
    says: /w\d|in \d/,
    provider: (base) =>
      withDriver(base, (driver) => {
        let count = 0;
        let last: OutputChunk | undefined;
        return {
          spawn: async (spec, call) => {
            const process = await driver.spawn(spec, call);
            const odd = ++count % 20 === 0;
            return {
              ...process,
              output: (async function* () {
                for await (const chunk of process.output) {
                  yield odd && last ? last : chunk;
                  last = chunk;
                }
              })(),
            };
          },
        };
      }),
  },
  {
    fault: "cuts files at 4 KiB",
    caughtBy: ["G7.files-bytes", "G7.files-write-over"],
    says: /bytes where|old content/,
    provider: (base) => withProcess(base, ({ stdin }) => ({ stdin: firstBytes(4_096, stdin) })),
  },
  {
    fault: "has a guest whose `stat` tells other figures",
    caughtBy: ["G7.files-list"],
    says: /!==|deep-equal|undefined/,
    provider: (base) =>
      withOutput(base, async function* (output) {
        for await (const { stream, data } of output) {
          const text = Buffer.from(data).toString("latin1").replace(/^81a4/gm, "81ff");
          yield { stream, data: Buffer.from(text, "latin1") };
        }
      }),
  },
];
