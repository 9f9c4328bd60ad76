// A process that owns sandboxes, to be measured or killed from outside. Started by owner-process.ts.
import { setTimeout as delay } from "node:timers/promises";
import { timed } from "../clock.js";
import type { Contender, LiveSandbox } from "../contender.js";
import { reopenContender } from "../contenders/index.js";
import { loadPlugIn } from "../contenders/plug-in.js";
import { failureMessage } from "../failure-message.js";
import { BLOCK_BYTES, BlockChecker, blockScript } from "./counted-blocks.js";
import { watchMemory } from "./memory.js";
import type {
  Ability,
  Cost,
  OwnerAssignment,
  OwnerReply,
  OwnerRequest,
  OwnerTask,
  OwnerTasks,
  SlowReading,
} from "./tasks.js";

type Handlers = {
  [T in OwnerTask]: (values: OwnerTasks[T]["arguments"]) => Promise<OwnerTasks[T]["result"]>;
};

const assignment: OwnerAssignment = JSON.parse(process.argv[2] ?? "");
const opening = open(assignment);
const sandboxes: LiveSandbox[] = [];
const abilities: readonly Ability[] = ["upload", "download", "stream"];

const handlers: Handlers = {
  async ready() {
    await opening;
    return {};
  },
  async start() {
    const sandbox = await (await opening).start();
    sandboxes.push(sandbox);
    return { id: sandbox.id, abilities: abilities.filter((name) => sandbox[name] !== undefined) };
  },
  async begin({ argv }) {
    for (const sandbox of sandboxes) {
      // It ends with the sandbox, which is an error that nobody needs to hear of.
      sandbox.exec(argv).catch(() => undefined);
    }
    return {};
  },
  async churn() {
    const opened = await opening;
    let id = "";
    const { ms } = await timed(async () => {
      const sandbox = await opened.start();
      id = sandbox.id;
      const output = await sandbox.exec(["echo", "churn"]);
      if (output !== "churn\n") throw new Error(`Wrong output: ${JSON.stringify(output.slice(0, 80))}`);
      await sandbox.remove();
    });
    return { id, ms };
  },
  async accounted() {
    // An engine may take a second for each.
    const all = await Promise.all(sandboxes.map((sandbox) => sandbox.accountedMemory?.()));
    const known = all.filter((bytes) => bytes !== undefined);
    return known.length < all.length ? {} : { bytes: known.reduce((sum, bytes) => sum + bytes, 0) };
  },
  async resident() {
    globalThis.gc?.();
    return { bytes: process.memoryUsage.rss() };
  },
  upload: ({ hostPath, guestPath }) =>
    costOf(async () => method("upload").call(first(), hostPath, guestPath)),
  download: ({ hostPath, guestPath }) =>
    costOf(async () => method("download").call(first(), guestPath, hostPath)),
  readSlowly: (reading) => costOf(() => readSlowly(reading)),
  async end() {
    await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.remove()));
    return {};
  },
};

process.on("message", (request: OwnerRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
// Whoever started it is gone, and with it the reason to be here.
process.on("disconnect", () => process.exit());

async function open({ contenderId, target, plugInFiles }: OwnerAssignment): Promise<Contender> {
  const plugIns = await Promise.all(plugInFiles.map(loadPlugIn));
  return await reopenContender(contenderId, target, plugIns, new AbortController().signal);
}

async function answer({ id, task, arguments: values }: OwnerRequest): Promise<OwnerReply> {
  try {
    return { id, result: await (handlers[task] as (values: unknown) => Promise<unknown>)(values) };
  } catch (error) {
    return { id, error: failureMessage(error) };
  }
}

function first(): LiveSandbox {
  const [sandbox] = sandboxes;
  if (!sandbox) throw new Error("There is no sandbox yet.");
  return sandbox;
}

function method<K extends Ability>(name: K): NonNullable<LiveSandbox[K]> {
  const found = first()[name];
  if (!found) throw new Error(`It has no ${name}.`);
  return found;
}

async function costOf(action: () => Promise<void>): Promise<Cost> {
  const growth = watchMemory();
  const { ms } = await timed(action);
  return { ms, growthBytes: growth() };
}

async function readSlowly({ blockCount, stallMs, bytesPerSecond }: SlowReading): Promise<void> {
  const stream = await method("stream").call(first(), ["sh", "-c", blockScript(blockCount)]);
  const checker = new BlockChecker();
  await delay(stallMs);
  const begin = performance.now();
  for await (const chunk of stream) {
    checker.add(chunk);
    const aheadMs = (checker.byteCount / bytesPerSecond) * 1000 - (performance.now() - begin);
    if (aheadMs > 1) await delay(aheadMs);
  }
  const expected = blockCount * BLOCK_BYTES;
  if (checker.byteCount !== expected) {
    throw new Error(`Output ended after ${checker.byteCount} of ${expected} bytes`);
  }
}
