import { existsSync, readdirSync } from "node:fs";
import { SandboxError } from "@nanoclaw/sandbox";
import type { CallContext, SandboxDriver } from "@nanoclaw/sandbox/adapter";
import { changedProvider } from "../../src/changed-provider.js";
import { baseDirectory } from "../base.js";
import { declaring, type Fault, withDriver, withProcess } from "../fault.js";

const never = (): Promise<never> => new Promise(() => undefined);

/** G9 and G10: what does not end, and what is not its own. */
export const endFaults: readonly Fault[] = [
  {
    fault: "does not heed the signal of a call",
    caughtBy: ["G9.adapter-heeds-abort"],
    says: /did not settle within/,
    provider: (base) =>
      changedProvider(base, {
        list: (installation, call) => (call.signal.aborted ? never() : base.list(installation, call)),
      }),
  },
  {
    fault: "rejects an aborted call for a reason of its own",
    caughtBy: ["G9.adapter-heeds-abort"],
    says: /rejected with something else/,
    provider: (base) =>
      changedProvider(base, {
        probe: async (call) => {
          if (call.signal.aborted) throw new Error("socket hang up");
          return await base.probe(call);
        },
      }),
  },
  {
    fault: "cannot kill what a file call has left",
    caughtBy: ["G9.file-deadlines"],
    says: /did not reject with timeout|still writes|did not settle within/,
    provider: (base) => withProcess(base, () => ({ kill: never })),
  },
  {
    fault: "takes an engine that never answers for one that is there",
    caughtBy: ["G9.wedged-engine"],
    says: /reported as available/,
    pretends: true,
    provider: (base) => base,
    target: (base) => ({
      wedged: async () => ({
        provider: changedProvider(base, { create: never, list: never, remove: never, attach: never }),
        close: async () => undefined,
      }),
    }),
  },
  {
    fault: "lets a promise reject that nobody waits for",
    caughtBy: ["G9.no-unhandled-rejection"],
    says: /forgotten/,
    pretends: true,
    provider: (base) =>
      changedProvider(base, {
        create: (request, call) => {
          void Promise.reject(new Error("forgotten"));
          return base.create(request, call);
        },
      }),
    after: ["G2.ready"],
  },
  {
    fault: "leaves a sandbox behind",
    caughtBy: ["G4.nothing-left"],
    after: ["G2.ready"],
    says: /still knows sandboxes of this run/,
    pretends: true,
    provider: (base) => {
      const labels: Record<string, string> = {};
      return changedProvider(base, {
        create: async (request, call) => {
          Object.assign(labels, request.labels);
          return await base.create(request, call);
        },
        list: async (installation, call) => [
          ...(await base.list(installation, call)),
          { ...ghost, labels, owner: { ...ghost.owner, installation } },
        ],
      });
    },
  },
  {
    fault: "removes whatever it is told to",
    caughtBy: ["G10.foreign-remove"],
    says: /another installation's sandbox|sandbox_lost|The sandbox has ended/,
    provider: (base) => {
      const installations = new Map<string, string>();
      return changedProvider(base, {
        create: (request, call) => {
          installations.set(request.id, request.owner.installation);
          return base.create(request, call);
        },
        remove: (id, installation, call) => base.remove(id, installations.get(id) ?? installation, call),
      });
    },
  },
  {
    fault: "tells success for what it refused to remove",
    caughtBy: ["G10.foreign-remove"],
    says: /told as success/,
    provider: (base) =>
      changedProvider(base, {
        remove: (id, installation, call) => base.remove(id, installation, call).catch(() => undefined),
      }),
  },
  {
    fault: "lists the sandboxes of every installation",
    caughtBy: ["G10.foreign-list", "G10.foreign-garbage"],
    says: /not its own|listed as ours/,
    provider: (base) => {
      const lists = (call: CallContext) => installations().map((each) => base.list(each, call));
      return changedProvider(base, { list: async (_, call) => (await Promise.all(lists(call))).flat() });
    },
  },
  {
    fault: "forgets when an owner was started",
    caughtBy: ["G10.living-owner"],
    says: /collected/,
    provider: (base) =>
      changedProvider(base, {
        list: async (installation, call) =>
          (await base.list(installation, call)).map((record) => ({
            ...record,
            owner: { ...record.owner, startedAt: "1" },
          })),
      }),
  },
  {
    fault: "takes itself for the owner of everything",
    caughtBy: ["G10.dead-owner", "G10.unknown-owner"],
    says: /true !== false|true !== null|Expected values/,
    provider: (base) => {
      let own: object = {};
      return changedProvider(base, {
        create: (request, call) => {
          if (request.owner.startedAt !== "1" && !request.owner.host.startsWith("another"))
            own = request.owner;
          return base.create(request, call);
        },
        list: async (installation, call) =>
          (await base.list(installation, call)).map((record) => ({
            ...record,
            owner: { ...record.owner, ...own },
          })),
      });
    },
  },
  {
    fault: "ends a sandbox with the last who was attached to it",
    caughtBy: ["G10.attached-elsewhere"],
    says: /The sandbox has ended|sandbox_lost/,
    pretends: true,
    provider: (base) => {
      const drivers = new Map<string, SandboxDriver>();
      return changedProvider(
        withDriver(declaring(base, { attach: true }), (driver) => {
          drivers.set(driver.id, driver);
          return {};
        }),
        {
          attach: async (id, call) => {
            const driver = drivers.get(id);
            if (!driver) throw new SandboxError("sandbox_not_found", "It is not there.");
            return { id, spawn: driver.spawn, detach: () => driver.destroy(call), destroy: driver.destroy };
          },
        },
      );
    },
  },
];

function installations(): string[] {
  return existsSync(baseDirectory) ? readdirSync(baseDirectory) : [];
}

/** A sandbox that is only listed. */
const ghost = {
  id: "sandbox-ghost",
  state: "running",
  createdAt: 0,
  owner: { installation: "", pid: 1, startedAt: "1", host: "another" },
} as const;
