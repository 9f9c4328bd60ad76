import assert from "node:assert/strict";
import { attachSandbox, collectGarbage } from "@nanoclaw/sandbox";
import { type CheckContext, defineChecks } from "../check.js";
import { becomesNothing, becomesTrue, rejectsWith } from "../expect.js";
import { newMark } from "../guest/marked-processes.js";
import { hostProcessesWith } from "../host-processes.js";
import { OwnerProcess } from "../owner-process.js";
import { all, needs } from "../target.js";

async function isRunning(context: CheckContext, id: string): Promise<boolean> {
  return (await context.run.sandboxes()).some((sandbox) => sandbox.id === id && sandbox.state === "running");
}

function plainOptions(context: CheckContext, more: object = {}): object {
  const { onEvent: _, ...options } = context.options(more);
  return options;
}

const keeps = ({ keep }: { keep: boolean }): true | string => keep || "keep is not declared";
const attaches = ({ attach }: { attach: boolean }): true | string => attach || "attach is not declared";

export const lifetimeChecks = defineChecks([
  {
    id: "G8.ttl",
    guarantee: "G8",
    title:
      "a sandbox with a time to live outlives its killed owner, can be attached to, and ends in time by itself",
    needs: (capabilities, target) => all(keeps(capabilities), needs.providerModule(capabilities, target)),
    async run(context) {
      const owner = await OwnerProcess.start(context);
      const mark = newMark();
      const ttlMs = 6_000;
      const { ids } = await owner.ask("create", { options: plainOptions(context, { lifetime: { ttlMs } }) });
      const created = performance.now();
      const [id = ""] = ids;
      await owner.ask("exec", { id, command: `sleep ${mark} >/dev/null 2>&1 & echo kept > kept` });
      await owner.kill();
      const { removed } = await collectGarbage(context.provider);
      assert.ok(!removed.some((each) => each.id === id), "it was collected before its time");
      assert.ok(await isRunning(context, id), "it ended with its owner");
      if (context.capabilities.attach) {
        await using attached = await attachSandbox(context.provider, id);
        assert.equal((await attached.exec("cat kept")).stdout, "kept\n");
      }
      await becomesNothing("the sandbox after its time", ttlMs + 4_000, () => isRunning(context, id));
      const lived = performance.now() - created;
      context.note("lived ms of 6000", lived);
      assert.ok(lived > ttlMs - 1_500, `it lived for ${lived} ms of ${ttlMs} only`);
      await becomesNothing("its processes", 2_000, () => hostProcessesWith(context.target, mark));
      // What an engine cannot take away by itself is left to garbage collection.
      await collectGarbage(context.provider);
      assert.ok(!(await context.run.sandboxes()).some((each) => each.id === id), "the engine still knows it");
    },
  },
  {
    id: "G8.keep",
    guarantee: "G8",
    title: "keep lets a sandbox outlive its owner, whose end does not destroy it",
    needs: (capabilities, target) => all(keeps(capabilities), needs.providerModule(capabilities, target)),
    async run(context) {
      const owner = await OwnerProcess.start(context);
      const { ids } = await owner.ask("create", { options: plainOptions(context) });
      const [id = ""] = ids;
      await owner.ask("keep", { id, ttlMs: 60_000 });
      await owner.kill();
      // The dead owner's guardian has had its time when another sandbox of the same kind would be gone.
      const witness = await OwnerProcess.start(context);
      await witness.ask("create", { options: plainOptions(context) });
      await witness.kill();
      await becomesNothing("the witness's sandbox", 5_000, async () =>
        (await context.run.sandboxes()).filter(({ owner }) => owner.pid === witness.pid),
      );
      assert.ok(await isRunning(context, id), "the kept sandbox ended with its owner");
      const record = (await context.run.sandboxes()).find((each) => each.id === id);
      assert.equal(record?.kept, true);
      assert.equal(record?.orphaned, false);
      const { removed } = await collectGarbage(context.provider);
      assert.ok(!removed.some((each) => each.id === id), "the kept sandbox was collected");
      if (context.capabilities.attach) {
        const attached = await attachSandbox(context.provider, id);
        assert.equal((await attached.exec(["echo", "kept"])).stdout, "kept\n");
        await attached.destroy();
        assert.ok(!(await isRunning(context, id)), "destroy by another process left it");
      }
    },
  },
  {
    id: "G8.keep-scope",
    guarantee: "G8",
    title: "a kept sandbox is let go at the end of its scope, and ends when its time is up",
    needs: keeps,
    async run(context) {
      const sandbox = await context.create();
      await sandbox.keep({ ttlMs: 2_500 });
      await sandbox[Symbol.asyncDispose]();
      assert.ok(await isRunning(context, sandbox.id), "the end of the scope destroyed a kept sandbox");
      await becomesNothing("the kept sandbox after its time", 6_500, () => isRunning(context, sandbox.id));
      await collectGarbage(context.provider);
      assert.ok(!(await context.run.sandboxes()).some(({ id }) => id === sandbox.id));
    },
  },
  {
    id: "G8.attach",
    guarantee: "G8",
    title: "attach reaches the same sandbox from another process, by id and by name",
    needs: (capabilities, target) => all(attaches(capabilities), needs.providerModule(capabilities, target)),
    async run(context) {
      const name = `attached-${context.random.integer(100_000, 999_999)}`;
      const sandbox = await context.create({ name, env: { GIVEN: "at create" } });
      await sandbox.exec("echo by the owner > shared", { check: true });
      const other = await OwnerProcess.start(context);
      for (const idOrName of [sandbox.id, name]) {
        const { id } = await other.ask("attach", { id: idOrName });
        assert.equal(id, sandbox.id);
        const { stdout } = await other.ask("exec", { id, command: 'cat shared; echo "$GIVEN"; pwd' });
        const { stdout: own } = await sandbox.exec(["pwd"]);
        assert.equal(stdout, `by the owner\nat create\n${own}`);
      }
      await other.kill();
      assert.equal(
        (await sandbox.exec(["echo", "alive"])).stdout,
        "alive\n",
        "the other process's death ended the sandbox",
      );
    },
  },
  {
    id: "G8.attach-missing",
    guarantee: "G8",
    title: "attach to what is not there is told as sandbox_not_found",
    needs: attaches,
    async run(context) {
      await rejectsWith("attach", attachSandbox(context.provider, "sandbox-never-made"), "sandbox_not_found");
      const sandbox = await context.create();
      await sandbox.destroy();
      await rejectsWith("attach", attachSandbox(context.provider, sandbox.id), "sandbox_not_found");
    },
  },
  {
    id: "G4.destroyed-elsewhere",
    guarantee: "G4",
    title: "one process may destroy what another has: its calls are told that the sandbox is lost",
    needs: (capabilities, target) => all(attaches(capabilities), needs.providerModule(capabilities, target)),
    async run(context) {
      const sandbox = await context.create();
      const other = await OwnerProcess.start(context);
      const { id } = await other.ask("attach", { id: sandbox.id });
      const command = rejectsWith("the owner's command", sandbox.exec(["sleep", "60"]), "sandbox_lost");
      command.catch(() => undefined);
      await other.ask("destroy", { id });
      await becomesTrue("its end", 2_000, async () => !(await isRunning(context, id)));
      await command;
      await sandbox.destroy();
    },
  },
  {
    id: "G8.stats",
    guarantee: "G8",
    title: "stats are told, and follow what the sandbox does",
    needs: ({ stats }) => stats || "stats is not declared",
    async run(context) {
      const sandbox = await context.create();
      const before = await sandbox.stats();
      const busy = sandbox.exec("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
      await busy;
      const after = await sandbox.stats();
      const figures = Object.entries(after).filter(([, value]) => value !== undefined);
      assert.ok(figures.length > 0, "there are no figures");
      for (const [name, value] of figures) {
        assert.ok(typeof value === "number" && Number.isFinite(value) && value >= 0, `${name} is ${value}`);
      }
      if (after.cpuSeconds !== undefined && before.cpuSeconds !== undefined) {
        assert.ok(after.cpuSeconds > before.cpuSeconds, "cpuSeconds did not grow while the sandbox was busy");
      }
      if (after.memoryBytes !== undefined) assert.ok(after.memoryBytes > 0, "memoryBytes is 0");
      if (after.pidCount !== undefined) {
        const children = await sandbox.spawn("sleep 60 & sleep 60 & sleep 60 & wait");
        await becomesTrue(
          "pidCount",
          5_000,
          async () => ((await sandbox.stats()).pidCount ?? 0) >= (after.pidCount ?? 0) + 3,
        );
        await children.kill();
      }
    },
  },
]);
