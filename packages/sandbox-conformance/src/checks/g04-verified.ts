import assert from "node:assert/strict";
import { attachSandbox, createSandbox } from "@nanoclaw/sandbox";
import { callContext, thisInstallation } from "../adapter-calls.js";
import { type CheckContext, defineChecks } from "../check.js";
import { rejectsWith, within } from "../expect.js";
import { becomeLiving, newMark } from "../guest/marked-processes.js";
import { hostProcessesWith } from "../host-processes.js";

async function isKnown(context: CheckContext, id: string): Promise<boolean> {
  return (await context.run.sandboxes()).some((sandbox) => sandbox.id === id);
}

export const verifiedChecks = defineChecks([
  {
    id: "G4.destroy",
    guarantee: "G4",
    title: "when destroy returns the engine no longer knows the sandbox and its processes are gone",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      await sandbox.exec(`sleep ${mark} >/dev/null 2>&1 &`, { check: true });
      assert.ok(await isKnown(context, sandbox.id), "the engine does not list the sandbox while it lives");
      const started = performance.now();
      await sandbox.destroy();
      context.note("took ms", performance.now() - started);
      assert.ok(
        !(await isKnown(context, sandbox.id)),
        "destroy has returned, and the engine still knows the sandbox",
      );
      assert.deepEqual(await hostProcessesWith(context.target, mark), [], "a process outlived its sandbox");
    },
  },
  {
    id: "G4.leftovers",
    guarantee: "G4",
    title: "when destroy returns nothing of the sandbox is left on the host",
    needs: (_, { leftovers }) =>
      leftovers !== undefined || "the target does not tell what is left on the host",
    async run(context) {
      const { leftovers } = context.target;
      await context.run.dropShared();
      const sandbox = await context.create();
      await sandbox.exec(`echo something > kept; echo something > ${context.guestPath("kept")}`);
      await sandbox.destroy();
      const before = new Set(context.run.leftoversBefore);
      const left = ((await leftovers?.()) ?? []).filter((line) => !before.has(line));
      assert.deepEqual(left, [], "something is left on the host");
    },
  },
  {
    id: "G4.twice",
    guarantee: "G4",
    title: "destroy may be called again, and several times at once",
    async run(context) {
      const sandbox = await context.create();
      await Promise.all([sandbox.destroy(), sandbox.destroy(), sandbox.destroy()]);
      assert.ok(!(await isKnown(context, sandbox.id)));
      await sandbox.destroy();
      await sandbox[Symbol.asyncDispose]();
    },
  },
  {
    id: "G4.during-commands",
    guarantee: "G4",
    title: "destroy during commands ends them with a typed error, and hangs neither",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      const live = await sandbox.spawn(["cat"]);
      const commands = [
        sandbox.exec(["sleep", mark]),
        sandbox.exec(`trap '' TERM; sleep ${mark}; :`),
        live.wait(),
      ];
      for (const command of commands) command.catch(() => undefined);
      await becomeLiving(sandbox, mark, 2);
      await within("destroy", 15_000, sandbox.destroy());
      for (const command of commands) {
        await within(
          "a command of a destroyed sandbox",
          2_000,
          rejectsWith("the command", command, "sandbox_lost", "aborted"),
        );
      }
      assert.ok(!(await isKnown(context, sandbox.id)));
    },
  },
  {
    id: "G4.afterwards",
    guarantee: "G4",
    title: "every call after destroy rejects with a typed error, at once",
    async run(context) {
      const sandbox = await context.create();
      const { files, ports } = sandbox;
      await sandbox.destroy();
      const calls: Record<string, Promise<unknown>> = {
        exec: sandbox.exec(["true"]),
        spawn: sandbox.spawn(["true"]),
        "files.readText": files.readText("/etc/passwd"),
        "files.write": files.write(context.guestPath("late"), "late"),
      };
      if (context.capabilities.stats) calls.stats = sandbox.stats();
      if (context.capabilities.keep) calls.keep = sandbox.keep({ ttlMs: 5_000 });
      if (context.capabilities.ports === "anytime") calls["ports.open"] = ports.open(80);
      for (const call of Object.values(calls)) call.catch(() => undefined);
      for (const [name, call] of Object.entries(calls)) {
        const rejected = rejectsWith(name, call, "sandbox_not_found", "sandbox_lost");
        await within(`${name} after destroy`, 1_000, rejected);
      }
      if (context.capabilities.attach) {
        await rejectsWith("attach", attachSandbox(context.provider, sandbox.id), "sandbox_not_found");
      }
    },
  },
  {
    id: "G4.disposed",
    guarantee: "G4",
    title: "leaving the scope of `await using` destroys",
    async run(context) {
      let id: string;
      {
        await using sandbox = await createSandbox(context.provider, context.options());
        id = sandbox.id;
        assert.ok(await isKnown(context, id));
      }
      assert.ok(!(await isKnown(context, id)), "the sandbox is still there after its scope");
    },
  },
  {
    id: "G4.already-gone",
    guarantee: "G4",
    title: "destroying what somebody else has removed is success",
    async run(context) {
      const sandbox = await context.create();
      const installation = await thisInstallation(context, sandbox.id);
      await context.provider.remove(sandbox.id, installation, callContext());
      assert.ok(
        !(await isKnown(context, sandbox.id)),
        "remove has returned, and the engine still knows the sandbox",
      );
      await sandbox.destroy();
    },
  },
  {
    id: "G4.remove-unknown",
    guarantee: "G4",
    title: "removing an id that the engine has never known is success",
    async run(context) {
      const sandbox = await context.shared();
      const installation = await thisInstallation(context, sandbox.id);
      await context.provider.remove(`${sandbox.id}-never-made`, installation, callContext());
    },
  },
  {
    id: "G4.many",
    guarantee: "G4",
    title: "sandboxes made and destroyed at the same time do not get in each other's way",
    async run(context) {
      const sandboxes = await Promise.all(Array.from({ length: 4 }, () => context.create()));
      const outputs = await Promise.all(sandboxes.map((each, index) => each.exec(["echo", `${index}`])));
      assert.deepEqual(
        outputs.map(({ stdout }) => stdout),
        ["0\n", "1\n", "2\n", "3\n"],
      );
      await Promise.all(sandboxes.map((each) => each.destroy()));
      for (const { id } of sandboxes) assert.ok(!(await isKnown(context, id)), `${id} is still there`);
    },
  },
]);
