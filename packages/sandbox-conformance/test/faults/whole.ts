import { setTimeout as delay } from "node:timers/promises";
import type { SandboxDriver, SandboxRecord } from "@nanoclaw/sandbox/adapter";
import { callContext } from "../../src/adapter-calls.js";
import { changedProvider } from "../../src/changed-provider.js";
import { declaring, type Fault, withDriver, withRequest } from "../fault.js";
import { pretending } from "../pretending-modules.js";

/** G2, G3 and G4: beginning and end. */
export const wholeFaults: readonly Fault[] = [
  {
    fault: "returns from create before anything can be written",
    caughtBy: ["G2.ready"],
    says: /ready/,
    provider: (base) => withRequest(base, (request) => ({ ...request, workdir: "/proc" })),
  },
  {
    fault: "rejects when it is aborted, and goes on creating",
    caughtBy: ["G2.aborted", "G2.timed-out"],
    says: /the engine still has the sandbox|what the host has left/,
    provider: (base) =>
      changedProvider(base, {
        create: async (request, call) => {
          await delay(60);
          if (call.signal.aborted) {
            setTimeout(() => void base.create(request, callContext()), 5);
            throw call.signal.reason;
          }
          return await base.create(request, call);
        },
      }),
  },
  {
    fault: "does not remove what a failed create has made",
    caughtBy: ["G2.failed"],
    says: /the engine still has the sandbox/,
    provider: (base) => changedProvider(base, { remove: async () => undefined }),
  },
  {
    fault: "takes any image name for one that is there",
    caughtBy: ["G2.image-missing"],
    says: /did not reject with image_not_found/,
    pretends: true,
    provider: (base) => declaring(base, { images: true }),
  },
  {
    fault: "gives a name to two sandboxes",
    caughtBy: ["G2.name-taken"],
    says: /did not reject with already_exists/,
    provider: (base) => withRequest(base, ({ name: _, ...request }) => request),
  },
  {
    fault: "leaves its sandboxes alone when their owner dies",
    caughtBy: ["G3.killed", "G3.killed-eight", "G3.killed-detached", "G3.exit", "G3.terminated"],
    says: /what the dead owner left/,
    provider: (base) => base,
    target: () => ({ providerModule: pretending("orphaning") }),
  },
  {
    fault: "returns from destroy before the end",
    caughtBy: ["G4.destroy", "G1.processes-afterwards", "G4.many", "G4.disposed"],
    says: /still knows|outlived|still there/,
    provider: (base) =>
      withDriver(base, (driver) => ({
        destroy: async () => void setTimeout(() => void driver.destroy(callContext()), 700),
      })),
  },
  {
    fault: "waits in destroy for what runs in the sandbox",
    caughtBy: ["G4.during-commands"],
    says: /destroy did not settle/,
    provider: (base) =>
      withDriver(base, (driver) => {
        const running: Promise<unknown>[] = [];
        return {
          spawn: async (spec, call) => {
            const process = await driver.spawn(spec, call);
            running.push(process.exited.catch(() => undefined));
            return process;
          },
          destroy: async (call) => {
            await Promise.all(running);
            await driver.destroy(call);
          },
        };
      }),
  },
  {
    fault: "fails in destroy when the sandbox is gone already",
    caughtBy: ["G4.already-gone"],
    says: /No such sandbox/,
    provider: (base) =>
      withDriver(base, (driver, { id, owner }) => ({
        destroy: async (call) => {
          const known = await base.list(owner.installation, call);
          if (!known.some((each) => each.id === id)) throw new Error("No such sandbox");
          await driver.destroy(call);
        },
      })),
  },
  {
    fault: "fails in remove when the engine does not know the id",
    caughtBy: ["G4.remove-unknown"],
    says: /No such sandbox/,
    provider: (base) =>
      changedProvider(base, {
        remove: async (id, installation, call) => {
          const known = await base.list(installation, call);
          if (!known.some((each) => each.id === id)) throw new Error("No such sandbox");
          await base.remove(id, installation, call);
        },
      }),
  },
  {
    fault: "lists, and attaches to, what it has destroyed",
    caughtBy: ["G4.afterwards", "G8.attach-missing"],
    says: /did not reject with sandbox_not_found/,
    pretends: true,
    provider: (base) => {
      const records = new Map<string, SandboxRecord>();
      const drivers = new Map<string, SandboxDriver>();
      return changedProvider(declaring(base, { attach: true }), {
        create: async (request, call) => {
          const driver = await base.create(request, call);
          drivers.set(request.id, driver);
          for (const record of await base.list(request.owner.installation, call))
            records.set(record.id, record);
          return driver;
        },
        attach: async (id) => drivers.get(id) as SandboxDriver,
        list: async () => [...records.values()],
      });
    },
  },
];
