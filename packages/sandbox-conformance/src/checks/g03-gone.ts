import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type CheckContext, defineChecks } from "../check.js";
import { becomesNothing } from "../expect.js";
import { newMark } from "../guest/marked-processes.js";
import { hostProcessesWith } from "../host-processes.js";
import { OwnerProcess } from "../owner-process.js";
import { needs } from "../target.js";

/** From the owner's death to nothing left, in milliseconds. */
const limitMs = 2_000;

/** What the dead owner left: its sandboxes on the engine, its marked processes on the host. */
async function gone(context: CheckContext, owner: OwnerProcess, mark: string): Promise<number> {
  return await becomesNothing("what the dead owner left", limitMs, async () => [
    ...(await context.run.sandboxes())
      .filter((sandbox) => sandbox.owner.pid === owner.pid)
      .map(({ id, state }) => `${id} (${state})`),
    ...(await hostProcessesWith(context.target, mark)),
  ]);
}

async function nothingElseIsLeft(context: CheckContext): Promise<void> {
  const { leftovers } = context.target;
  if (!leftovers) return;
  const before = new Set(context.run.leftoversBefore);
  await becomesNothing("what the host has left", limitMs, async () =>
    (await leftovers()).filter((line) => !before.has(line)),
  );
}

/** Options that can be told to another process. */
function plainOptions(context: CheckContext): object {
  const { onEvent: _, signal: __, ...options } = context.options();
  return options;
}

/** An owner of some sandboxes, killed at random moments of their creation and of a command's run. */
async function killAtRandom(context: CheckContext, count: number): Promise<void> {
  await context.run.dropShared();
  const rounds = context.scale === "full" ? 50 : 5;
  let slowest = 0;
  let whole: number | undefined;
  for (let round = 0; round < rounds; round++) {
    const owner = await OwnerProcess.start(context);
    const mark = newMark();
    const started = performance.now();
    const running = (async () => {
      const { ids } = await owner.ask("create", { options: plainOptions(context), count });
      const created = performance.now() - started;
      await Promise.all(
        ids.map((id) => owner.ask("start", { id, command: `sleep ${mark} & sleep ${mark}` })),
      );
      return created;
    })();
    running.catch(() => undefined);
    if (whole === undefined) {
      // The first is killed while its commands run, and tells how long the others need.
      whole = (await running) * 1.3;
    } else await delay(context.random.next() * whole);
    await owner.kill();
    slowest = Math.max(slowest, await gone(context, owner, mark));
  }
  await nothingElseIsLeft(context);
  context.note("rounds", rounds);
  context.note("slowest ms", slowest);
}

export const goneChecks = defineChecks([
  {
    id: "G3.killed",
    guarantee: "G3",
    title: "an owner killed by SIGKILL at random moments leaves nothing for longer than two seconds",
    timeoutMs: 120_000,
    needs: needs.providerModule,
    run: (context) => killAtRandom(context, 1),
  },
  {
    id: "G3.killed-eight",
    guarantee: "G3",
    title: "an owner of eight sandboxes killed by SIGKILL at random moments leaves none of them",
    timeoutMs: 240_000,
    needs: needs.providerModule,
    run: (context) => killAtRandom(context, 8),
  },
  {
    id: "G3.killed-detached",
    guarantee: "G3",
    title: "processes that called setsid are gone too when the owner is killed",
    tools: ["setsid"],
    needs: needs.providerModule,
    async run(context) {
      const owner = await OwnerProcess.start(context);
      const mark = newMark();
      const { ids } = await owner.ask("create", { options: plainOptions(context) });
      const command = `(env -i PATH="$PATH" setsid sleep ${mark} >/dev/null 2>&1 &) ; trap '' TERM HUP; sleep ${mark}`;
      for (const id of ids) {
        await owner.ask("start", { id, command });
        const { stdout } = await owner.ask("exec", { id, command: "echo busy" });
        assert.equal(stdout, "busy\n");
      }
      await owner.kill();
      context.note("gone after ms", await gone(context, owner, mark));
    },
  },
  {
    id: "G3.exit",
    guarantee: "G3",
    title: "an owner that simply exits leaves nothing",
    needs: needs.providerModule,
    async run(context) {
      const owner = await OwnerProcess.start(context);
      await owner.ask("create", { options: plainOptions(context) });
      void owner.ask("exit", {});
      await owner.ended;
      context.note("gone after ms", await gone(context, owner, "no process to look for"));
    },
  },
  {
    id: "G3.terminated",
    guarantee: "G3",
    title: "an owner that SIGTERM or SIGINT ends leaves nothing",
    needs: needs.providerModule,
    async run(context) {
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        const owner = await OwnerProcess.start(context);
        const mark = newMark();
        const { ids } = await owner.ask("create", { options: plainOptions(context) });
        for (const id of ids) await owner.ask("start", { id, command: ["sleep", mark] });
        await owner.end(signal);
        context.note(`gone after ms, ${signal}`, await gone(context, owner, mark));
      }
    },
  },
]);
