import assert from "node:assert/strict";
import type { SandboxErrorCode } from "@nanoclaw/sandbox";
import { type Capabilities, isAtLeast } from "@nanoclaw/sandbox/adapter";
import { countingProvider } from "../changed-provider.js";
import { type Check, type CheckContext, defineChecks } from "../check.js";
import { rejectsWith } from "../expect.js";

/** Refused with this code, with a hint, and before the engine was asked. */
export async function refusedAtCreate(
  context: CheckContext,
  what: string,
  options: unknown,
  code: SandboxErrorCode,
): Promise<void> {
  const counting = countingProvider(context.provider);
  const error = await rejectsWith(what, context.createWith(counting.provider, options), code);
  assert.equal(
    counting.creates(),
    0,
    `${what} was refused, but only after the engine had been asked to create`,
  );
  assert.ok(error.hint, `${what} was refused without a hint what to write instead: ${error.message}`);
}

/** The other side of an ability: what is not declared is refused before anything is made. */
function refusal(
  ability: string,
  isDeclared: (capabilities: Capabilities) => boolean,
  options: (context: CheckContext) => unknown,
): Check {
  return {
    id: `G8.refuses-${ability.toLowerCase().replaceAll(".", "-")}`,
    guarantee: "G8",
    title: `${ability} that is not declared is refused as unsupported before anything is made`,
    needs: (capabilities) => (isDeclared(capabilities) ? `${ability} is declared` : true),
    run: (context) => refusedAtCreate(context, ability, options(context), "unsupported"),
  };
}

const tmp = (readOnly: boolean, target = "/mnt/conformance") => ({ source: "/tmp", target, readOnly });

export const capabilityChecks = defineChecks([
  refusal(
    "images",
    ({ images }) => images,
    () => ({ image: "some/image:1" }),
  ),
  refusal(
    "users",
    ({ users }) => users,
    () => ({ user: "nobody" }),
  ),
  refusal(
    "mounts.directories",
    ({ mounts }) => mounts.directories,
    () => ({ mounts: [tmp(false)] }),
  ),
  refusal(
    "mounts.files",
    ({ mounts }) => mounts.files,
    () => ({
      mounts: [{ source: "/etc/passwd", target: "/mnt/file", readOnly: false }],
    }),
  ),
  refusal(
    "mounts.readOnly",
    ({ mounts }) => mounts.readOnly,
    () => ({ mounts: [tmp(true)] }),
  ),
  refusal(
    "mounts.nested",
    ({ mounts }) => mounts.nested,
    ({ capabilities }) => ({
      mounts: [
        tmp(capabilities.mounts.readOnly),
        tmp(capabilities.mounts.readOnly, "/mnt/conformance/nested"),
      ],
    }),
  ),
  refusal(
    "limits.cpuCount",
    ({ limits }) => limits.cpuCount,
    () => ({ limits: { cpuCount: 1 } }),
  ),
  refusal(
    "limits.memoryMiB",
    ({ limits }) => limits.memoryMiB,
    () => ({ limits: { memoryMiB: 256 } }),
  ),
  refusal(
    "limits.diskGiB",
    ({ limits }) => limits.diskGiB,
    () => ({ limits: { diskGiB: 1 } }),
  ),
  refusal(
    "limits.pidCount",
    ({ limits }) => limits.pidCount,
    () => ({ limits: { pidCount: 100 } }),
  ),
  refusal(
    "network.open",
    ({ network }) => network.open,
    () => ({ network: "open" }),
  ),
  refusal(
    "network.none",
    ({ network }) => network.none,
    () => ({ network: "none" }),
  ),
  refusal(
    "network.allow",
    ({ network }) => network.allow,
    () => ({ network: { allow: ["example.com"] } }),
  ),
  refusal(
    "ports",
    ({ ports }) => ports !== "never",
    () => ({ ports: [3000] }),
  ),
  refusal(
    "keep",
    ({ keep }) => keep,
    () => ({ lifetime: { ttlMs: 60_000 } }),
  ),
  refusal(
    "isolation",
    ({ isolation }) => isAtLeast(isolation, "vm"),
    () => ({ requires: { isolation: "vm" } }),
  ),
  {
    id: "G8.frozen",
    guarantee: "G8",
    title: "the capabilities are frozen data with every ability in it",
    async run({ capabilities }) {
      const parts = [capabilities, capabilities.mounts, capabilities.limits, capabilities.network];
      for (const part of parts) assert.ok(Object.isFrozen(part), "a part of the capabilities can be changed");
      const words = new Set([
        "none",
        "process",
        "container",
        "vm",
        "shell",
        "engine",
        "never",
        "create",
        "anytime",
      ]);
      for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
        const good = typeof value === "boolean" || typeof value === "object" || words.has(value as string);
        assert.ok(good, `${name} is ${String(value)}`);
      }
    },
  },
  {
    id: "G8.isolation",
    guarantee: "G8",
    title: "requires is met by the isolation that is declared",
    async run(context) {
      const { isolation } = context.capabilities;
      const sandbox = await context.create({ requires: { isolation } });
      assert.equal(sandbox.capabilities.isolation, isolation);
    },
  },
  {
    id: "G8.refuses-other-calls",
    guarantee: "G8",
    title: "calls for abilities that are not declared are refused as unsupported on a living sandbox",
    async run(context) {
      const sandbox = await context.shared();
      const { capabilities } = context;
      if (!capabilities.users) {
        await rejectsWith("exec with user", sandbox.exec(["true"], { user: "nobody" }), "unsupported");
      }
      if (!capabilities.terminals) {
        await rejectsWith("spawn with tty", sandbox.spawn(["true"], { tty: true }), "unsupported");
      }
      if (!capabilities.stats) await rejectsWith("stats", sandbox.stats(), "unsupported");
      if (!capabilities.keep) await rejectsWith("keep", sandbox.keep({ ttlMs: 60_000 }), "unsupported");
      if (capabilities.ports !== "anytime") {
        await rejectsWith("ports.open", sandbox.ports.open(3000), "unsupported");
      }
      if (!capabilities.snapshots) await rejectsWith("snapshot", sandbox.snapshot(), "unsupported");
      if (!capabilities.pause) await rejectsWith("pause", sandbox.pause(), "unsupported");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G8.refuses-attach",
    guarantee: "G8",
    title: "attach that is not declared is refused as unsupported",
    needs: ({ attach }) => !attach || "attach is declared",
    async run(context) {
      const { attachSandbox } = await import("@nanoclaw/sandbox");
      const sandbox = await context.shared();
      await rejectsWith("attach", attachSandbox(context.provider, sandbox.id), "unsupported");
    },
  },
  {
    id: "G8.probe",
    guarantee: "G8",
    title: "probe finds the engine and tells its version",
    async run(context) {
      const { probeEngine } = await import("@nanoclaw/sandbox");
      const report = await probeEngine(context.provider);
      assert.ok(report.available, `the engine is not available: ${JSON.stringify(report.problems)}`);
      assert.ok(report.version, "no version is told");
    },
  },
  {
    id: "G8.labels",
    guarantee: "G8",
    title: "labels, name and owner are kept with the sandbox and given back",
    async run(context) {
      const labels = { team: "web", "example.com/path": "a b'c\"d$(e)é", empty: "" };
      const before = Date.now();
      const sandbox = await context.create({ labels });
      const record = (await context.run.sandboxes()).find(({ id }) => id === sandbox.id);
      assert.ok(record, "the engine does not list the sandbox");
      for (const [name, value] of Object.entries(labels))
        assert.equal(record.labels[name], value, `label ${name}`);
      assert.deepEqual(
        Object.keys(record.labels).filter((name) => name.startsWith("dev.nanoclaw.")),
        [],
        "labels of the adapter's own are given back",
      );
      assert.equal(record.owner.pid, process.pid);
      assert.equal(record.ownerAlive, true);
      assert.equal(record.orphaned, false);
      assert.ok(Math.abs(record.createdAt - before) < 60_000, `createdAt is ${record.createdAt}`);
    },
  },
]);
