import assert from "node:assert/strict";
import { attachSandbox, collectGarbage, listSandboxes, probeEngine, SandboxError } from "@nanoclaw/sandbox";
import { callContext } from "../adapter-calls.js";
import { changedDriver, changedProvider } from "../changed-provider.js";
import { defineChecks } from "../check.js";
import { rejectsWith, within } from "../expect.js";

const never = (): Promise<never> => new Promise(() => undefined);
/** A deadline and, after it, the moment that core gives an adapter to settle. */
const limitMs = 400;
const latestMs = 6_000;

export const endsChecks = defineChecks([
  {
    id: "G9.adapter-heeds-abort",
    guarantee: "G9",
    title: "the adapter gives up each call when its signal is aborted, with the signal's reason",
    async run(context) {
      const { provider } = context;
      const reason = new SandboxError("aborted", "by the check");
      const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
        probe: (signal) => provider.probe(callContext(signal)),
        list: (signal) => provider.list("no-such-installation", callContext(signal)),
        remove: (signal) =>
          provider.remove("sandbox-never-made", "no-such-installation", callContext(signal)),
      };
      if (provider.attach)
        calls.attach = (signal) => provider.attach?.("sandbox-never-made", callContext(signal)) ?? never();
      for (const [name, call] of Object.entries(calls)) {
        const outcome = await within(
          `${name} with an aborted signal`,
          2_000,
          call(AbortSignal.abort(reason)).then(
            () => undefined,
            (error: unknown) => error,
          ),
        );
        // It may have the answer at hand; what it must not do is fail for another reason.
        if (outcome !== undefined) assert.equal(outcome, reason, `${name} rejected with something else`);
      }
    },
  },
  {
    id: "G9.deadlines",
    guarantee: "G9",
    title: "every call has a deadline, also with an adapter that never answers",
    async run(context) {
      const { provider } = context;
      const deaf = changedProvider(provider, {
        probe: never,
        create: never,
        list: never,
        remove: never,
        attach: never,
      });
      const hanging = changedProvider(provider, { create: never });
      const calls: Record<string, Promise<unknown>> = {
        create: context.createWith(hanging, { timeoutMs: limitMs }),
        probe: probeEngine(deaf, { timeoutMs: limitMs }),
        list: listSandboxes(deaf, { timeoutMs: limitMs }),
        collectGarbage: collectGarbage(deaf, { timeoutMs: limitMs }),
      };
      if (context.capabilities.attach)
        calls.attach = attachSandbox(deaf, "sandbox-x", { timeoutMs: limitMs });
      for (const call of Object.values(calls)) call.catch(() => undefined);
      for (const [name, call] of Object.entries(calls)) {
        await within(name, latestMs, rejectsWith(name, call, "timeout"));
      }
    },
  },
  {
    id: "G9.deadlines-of-a-sandbox",
    guarantee: "G9",
    title: "calls on a sandbox have a deadline too, also with a driver that never answers",
    async run(context) {
      let deaf = true;
      const sandbox = await context.createWith(
        changedProvider(context.provider, {
          create: async (request, call) => {
            const driver = await context.provider.create(request, call);
            return changedDriver(driver, {
              stats: never,
              openPort: never,
              destroy: (destroyCall) => (deaf ? never() : driver.destroy(destroyCall)),
            });
          },
        }),
      );
      const { stats, ports } = context.capabilities;
      const calls: Record<string, Promise<unknown>> = {};
      if (stats) calls.stats = sandbox.stats({ timeoutMs: limitMs });
      if (ports === "anytime") calls["ports.open"] = sandbox.ports.open(80, { timeoutMs: limitMs });
      for (const call of Object.values(calls)) call.catch(() => undefined);
      for (const [name, call] of Object.entries(calls)) {
        await within(name, latestMs, rejectsWith(name, call, "timeout"));
      }
      const call = rejectsWith("destroy", sandbox.destroy({ timeoutMs: limitMs }), "timeout");
      await within("destroy", latestMs, call);
      deaf = false;
      await sandbox.destroy();
    },
  },
  {
    id: "G9.file-deadlines",
    guarantee: "G9",
    title: "a file call that the guest does not finish ends by its deadline",
    async run(context) {
      const sandbox = await context.create();
      const pipe = context.guestPath("pipe");
      const made = await sandbox.exec(["mkfifo", pipe]);
      if (made.exitCode !== 0) context.skip("the guest has no mkfifo");
      const read = rejectsWith("files.read", sandbox.files.read(pipe, { timeoutMs: limitMs }), "timeout");
      await within("files.read of a pipe that nobody writes", latestMs, read);
      // Input is asked for once the guest has begun: on a busy machine that may take longer than the first limit.
      let begun = false;
      async function* input() {
        begun = true;
        yield Buffer.alloc(1_000_000);
      }
      for (let timeoutMs = limitMs; !begun; timeoutMs *= 2) {
        const write = rejectsWith(
          "files.write",
          sandbox.files.write(pipe, input(), { timeoutMs }),
          "timeout",
        );
        await within("files.write to a pipe that nobody reads", latestMs + timeoutMs, write);
      }
      // A writer that is left has its bytes in the pipe as soon as somebody reads.
      const both = Promise.all([
        sandbox.exec(["cat", pipe]),
        sandbox.exec(["sh", "-c", 'printf next > "$1"', "sh", pipe]),
      ]);
      const [{ stdout }] = await within("a read of what is written now", latestMs, both);
      assert.equal(stdout, "next", "what nobody waits for any more still writes");
      await sandbox.files.remove(pipe);
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G9.wedged-engine",
    guarantee: "G9",
    title: "an engine that accepts and never answers is a typed error within the deadline",
    needs: (_, { wedged }) => wedged !== undefined || "the target has no engine that never answers",
    async run(context) {
      const wedged = await context.target.wedged?.();
      if (!wedged) return;
      context.defer(() => wedged.close());
      const { provider } = wedged;
      const codes = ["timeout", "engine_unavailable"] as const;
      const calls: Record<string, Promise<unknown>> = {
        create: context.createWith(provider, { timeoutMs: limitMs }),
        list: listSandboxes(provider, { timeoutMs: limitMs }),
        collectGarbage: collectGarbage(provider, { timeoutMs: limitMs }),
      };
      if (context.capabilities.attach)
        calls.attach = attachSandbox(provider, "sandbox-x", { timeoutMs: limitMs });
      for (const call of Object.values(calls)) call.catch(() => undefined);
      // A failed create is taken back, which has a deadline of its own.
      for (const [name, call] of Object.entries(calls)) {
        await within(
          `${name} on a wedged engine`,
          name === "create" ? 40_000 : latestMs,
          rejectsWith(name, call, ...codes),
        );
      }
      const report = probeEngine(provider, { timeoutMs: limitMs }).then(
        ({ available }) => assert.equal(available, false, "a wedged engine is reported as available"),
        (error: unknown) => rejectsWith("probe", Promise.reject(error), ...codes),
      );
      await within("probe of a wedged engine", latestMs, report);
    },
    timeoutMs: 60_000,
  },
]);
