import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "@nanoclaw/sandbox";
import { changedProvider, countingProvider } from "../changed-provider.js";
import { type CheckContext, defineChecks } from "../check.js";
import { becomesNothing, rejectsWith } from "../expect.js";

/** How long one create takes here, in milliseconds: the time in which random moments are chosen. */
async function timeOfCreate(context: CheckContext): Promise<number> {
  const started = performance.now();
  const sandbox = await context.create();
  const took = performance.now() - started;
  await sandbox.destroy();
  return took;
}

async function nothingIsLeft(context: CheckContext, besides: readonly string[] = []): Promise<void> {
  const others = async (): Promise<string[]> =>
    (await context.run.sandboxes())
      .map(({ id, state }) => `${id} (${state})`)
      .filter((each) => !besides.some((id) => each.startsWith(id)));
  assert.deepEqual(await others(), [], "create was refused, and the engine still has the sandbox");
  const { leftovers } = context.target;
  if (!leftovers || besides.length > 0) return;
  const before = new Set(context.run.leftoversBefore);
  await becomesNothing("what the host has left", 2_000, async () =>
    (await leftovers()).filter((line) => !before.has(line)),
  );
}

export const wholeChecks = defineChecks([
  {
    id: "G2.ready",
    guarantee: "G2",
    title: "a created sandbox runs a command at once, in a working directory that it can write",
    async run(context) {
      const sandbox = await context.create();
      const { exitCode, stdout, stderr } = await sandbox.exec(`: > ready && ls ready && rm ready`);
      assert.equal(stderr, "");
      assert.equal(stdout, "ready\n");
      assert.equal(exitCode, 0);
      const known = (await context.run.sandboxes()).find(({ id }) => id === sandbox.id);
      assert.equal(known?.state, "running", "the engine does not list it as running");
    },
  },
  {
    id: "G2.aborted-before",
    guarantee: "G2",
    title: "a create that is aborted before it begins asks nothing of the engine",
    async run(context) {
      const counting = countingProvider(context.provider);
      const error = await rejectsWith(
        "create",
        context.createWith(counting.provider, { signal: AbortSignal.abort(new Error("of the caller")) }),
        "aborted",
      );
      assert.equal(
        (error.cause as Error | undefined)?.message,
        "of the caller",
        "the caller's reason is not the cause",
      );
      assert.equal(counting.creates(), 0, "the engine was asked");
    },
  },
  {
    id: "G2.aborted",
    guarantee: "G2",
    title: "a create that is aborted at any moment leaves nothing",
    timeoutMs: 60_000,
    async run(context) {
      await context.run.dropShared();
      const whole = await timeOfCreate(context);
      const rounds = context.scale === "full" ? 60 : 8;
      let aborted = 0;
      for (let round = 0; round < rounds; round++) {
        const controller = new AbortController();
        const creating = context.createWith(context.provider, { signal: controller.signal });
        creating.catch(() => undefined);
        // The first at once: some engines are done before the shortest delay is over.
        if (round > 0) await delay(((round + context.random.next()) / rounds) * whole);
        controller.abort();
        try {
          const sandbox = await creating;
          await sandbox.destroy();
        } catch (error) {
          if (!SandboxError.is(error, "aborted")) throw error;
          aborted++;
        }
        await nothingIsLeft(context);
      }
      assert.ok(aborted > 0, "not one of the creates was aborted in time");
      context.note("aborted", `${aborted} of ${rounds}`);
    },
  },
  {
    id: "G2.timed-out",
    guarantee: "G2",
    title: "a create that runs out of time leaves nothing and says timeout",
    async run(context) {
      await context.run.dropShared();
      const whole = await timeOfCreate(context);
      // Made, and then not heard of again: the time runs out after the engine has done its work.
      const slow = changedProvider(context.provider, {
        async create(request, call) {
          const driver = await context.provider.create(request, call);
          if (!call.signal.aborted) await once(call.signal, "abort");
          await driver.detach();
          throw call.signal.reason;
        },
      });
      const late = context.createWith(slow, { timeoutMs: Math.ceil(whole * 2) });
      await rejectsWith("create beyond its time limit", late, "timeout");
      await nothingIsLeft(context);
      for (const part of [0.1, 0.3, 0.6]) {
        try {
          const sandbox = await context.create({ timeoutMs: Math.ceil(whole * part) });
          await sandbox.destroy();
        } catch (error) {
          if (!SandboxError.is(error, "timeout")) throw error;
        }
        await nothingIsLeft(context);
      }
    },
  },
  {
    id: "G2.failed",
    guarantee: "G2",
    title: "what was made is removed when create fails after all",
    async run(context) {
      await context.run.dropShared();
      const failing = changedProvider(context.provider, {
        async create(request, call) {
          const driver = await context.provider.create(request, call);
          await driver.detach();
          throw new SandboxError("adapter_fault", "made, and then failed");
        },
      });
      await rejectsWith("create", context.createWith(failing), "adapter_fault");
      await nothingIsLeft(context);
    },
  },
  {
    id: "G2.image-missing",
    guarantee: "G2",
    title: "an image that is not there is told as such and leaves nothing",
    needs: ({ images }) => images || "images is not declared",
    async run(context) {
      await context.run.dropShared();
      const image = "127.0.0.1:9/nanoclaw-conformance/not-there:1";
      const error = await rejectsWith("create", context.create({ image }), "image_not_found");
      assert.ok(error.message.includes(image), `the message does not name the image: ${error.message}`);
      assert.ok(error.hint, "there is no hint what to do");
      await nothingIsLeft(context);
    },
  },
  {
    id: "G2.name-taken",
    guarantee: "G2",
    title: "a name that is taken is refused, and its owner is left alone",
    async run(context) {
      const name = `conformance-${context.random.integer(100_000, 999_999)}`;
      const first = await context.create({ name });
      assert.equal(first.name, name);
      await rejectsWith("create with a name that is taken", context.create({ name }), "already_exists");
      assert.equal((await first.exec("echo alive")).stdout, "alive\n");
      const named = (await context.run.sandboxes()).filter((each) => each.name === name);
      assert.deepEqual(
        named.map(({ id }) => id),
        [first.id],
        "the engine has another sandbox of that name",
      );
      await first.destroy();
      const next = await context.create({ name });
      assert.notEqual(next.id, first.id);
    },
  },
]);
