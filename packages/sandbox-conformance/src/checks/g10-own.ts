import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachSandbox, collectGarbage, type SandboxSummary } from "@nanoclaw/sandbox";
import type { CreateRequest, Owner } from "@nanoclaw/sandbox/adapter";
import { callContext } from "../adapter-calls.js";
import { type CheckContext, defineChecks } from "../check.js";
import { OwnerProcess } from "../owner-process.js";
import { needs } from "../target.js";

/** A main process for a sandbox whose owner core is not to think alive: it reads until its pipe closes. */
const mainCommand = ["/bin/sh", "-c", "while read -r line; do :; done"];

async function recordOf(context: CheckContext, id: string): Promise<SandboxSummary | undefined> {
  return (await context.run.sandboxes()).find((sandbox) => sandbox.id === id);
}

/** A sandbox made by the adapter alone, for an owner that has gone. Nothing holds it but this check. */
async function orphan(context: CheckContext, owner: Owner): Promise<string> {
  const { name: _, env = {}, labels = {}, image, limits = {}, workdir, user } = context.options();
  const id = `sandbox-orphan-${context.random.integer(1_000_000, 9_999_999)}`;
  const { network } = context.capabilities;
  const request: CreateRequest = {
    id,
    env,
    labels,
    image,
    limits,
    workdir,
    user,
    mounts: [],
    network: network.open ? "open" : "none",
    ports: [],
    lifetime: "owner",
    owner,
    mainCommand: context.capabilities.commands === "shell" ? mainCommand : [],
  };
  const driver = await context.provider.create(request, callContext());
  context.defer(() => driver.destroy(callContext()));
  return id;
}

export const ownChecks = defineChecks([
  {
    id: "G10.foreign-remove",
    guarantee: "G10",
    title: "the adapter refuses to remove a sandbox of another installation",
    async run(context) {
      const sandbox = await context.create();
      const others = "0f0f0f0f-another-installation";
      let refused = true;
      try {
        await context.provider.remove(sandbox.id, others, callContext());
        refused = false;
      } catch (error) {
        assert.ok(error instanceof Error);
      }
      assert.equal(
        (await sandbox.exec(["echo", "alive"])).stdout,
        "alive\n",
        "another installation's sandbox was removed",
      );
      assert.ok(refused, "remove of another installation's sandbox is told as success");
    },
  },
  {
    id: "G10.foreign-list",
    guarantee: "G10",
    title: "the adapter lists the sandboxes of one installation, and of no other",
    async run(context) {
      const sandbox = await context.shared();
      const record = await recordOf(context, sandbox.id);
      assert.ok(record, "the installation's own list does not have its sandbox");
      const theirs = await context.provider.list("0f0f0f0f-another-installation", callContext());
      assert.deepEqual(
        theirs.map(({ id }) => id),
        [],
        "another installation is shown sandboxes that are not its own",
      );
    },
  },
  {
    id: "G10.foreign-garbage",
    guarantee: "G10",
    title: "garbage collection of another installation leaves ours alone, and ours leaves theirs",
    needs: needs.providerModule,
    async run(context) {
      const directory = await mkdtemp(join(tmpdir(), "conformance-"));
      context.defer(() => rm(directory, { recursive: true, force: true }));
      const other = await OwnerProcess.start(context, { XDG_STATE_HOME: directory });
      const { onEvent: _, ...options } = context.options();
      const { ids } = await other.ask("create", { options });
      const [id = ""] = ids;
      assert.ok(!(await recordOf(context, id)), "a sandbox of another installation is listed as ours");
      const { removed } = await collectGarbage(context.provider);
      assert.ok(!removed.some((each) => each.id === id));
      const { stdout } = await other.ask("exec", { id, command: "echo alive" });
      assert.equal(stdout, "alive\n", "another installation's sandbox is gone");
      await other.ask("destroy", { id });
    },
  },
  {
    id: "G10.living-owner",
    guarantee: "G10",
    title: "garbage collection leaves the sandboxes of living owners alone",
    async run(context) {
      const sandbox = await context.create();
      for (const dryRun of [true, false]) {
        const { removed, kept } = await collectGarbage(context.provider, { dryRun });
        assert.ok(!removed.some(({ id }) => id === sandbox.id), `collected with dryRun ${dryRun}`);
        assert.ok(
          kept.some(({ id }) => id === sandbox.id),
          "the report does not tell that it was left alone",
        );
      }
      assert.equal((await sandbox.exec(["echo", "alive"])).stdout, "alive\n");
    },
  },
  {
    id: "G10.dead-owner",
    guarantee: "G10",
    title: "garbage collection removes what a dead owner left, told before by a dry run that removes nothing",
    async run(context) {
      const { owner } = (await recordOf(context, (await context.shared()).id)) ?? {};
      assert.ok(owner);
      // The same number, and another process: a pid that was used again.
      const id = await orphan(context, { ...owner, startedAt: "1" });
      const record = await recordOf(context, id);
      assert.equal(record?.ownerAlive, false);
      assert.equal(record?.orphaned, true);
      const dry = await collectGarbage(context.provider, { dryRun: true });
      assert.ok(
        dry.removed.some((each) => each.id === id),
        "the dry run does not name it",
      );
      assert.ok(await recordOf(context, id), "the dry run has removed it");
      const { removed, failed } = await collectGarbage(context.provider);
      assert.deepEqual(failed, []);
      assert.ok(
        removed.some((each) => each.id === id),
        "it is not told as removed",
      );
      assert.equal(await recordOf(context, id), undefined, "it is still there");
    },
  },
  {
    id: "G10.unknown-owner",
    guarantee: "G10",
    title: "garbage collection leaves alone what an owner on another host may still use",
    async run(context) {
      const { owner } = (await recordOf(context, (await context.shared()).id)) ?? {};
      assert.ok(owner);
      const id = await orphan(context, { ...owner, host: "another-machine:boot:1" });
      assert.equal((await recordOf(context, id))?.ownerAlive, null);
      const { removed } = await collectGarbage(context.provider);
      assert.ok(!removed.some((each) => each.id === id));
      assert.ok(await recordOf(context, id), "what may belong to a living owner was removed");
    },
  },
  {
    id: "G10.attached-elsewhere",
    guarantee: "G10",
    title: "a sandbox that is only attached to is let go at the end, not destroyed",
    needs: ({ attach }) => attach || "attach is not declared",
    async run(context) {
      const sandbox = await context.create();
      {
        await using attached = await attachSandbox(context.provider, sandbox.id);
        assert.equal(attached.id, sandbox.id);
        assert.equal((await attached.exec(["echo", "attached"])).stdout, "attached\n");
      }
      assert.equal(
        (await sandbox.exec(["echo", "alive"])).stdout,
        "alive\n",
        "leaving the attachment ended the sandbox",
      );
    },
  },
]);
