import { createRequire } from "node:module";
import { createSandbox, type Sandbox, type SandboxEvent } from "@nanoclaw/sandbox";
import type { LiveSandbox, Phases } from "../contender.js";
import { benchLabels } from "../engines/bench-labels.js";
import { providerOf } from "../engines/provider.js";
import type { ContenderFactory } from "./factory.js";

/** This project's own way, the same for every engine. */
export const sandboxContender: ContenderFactory = {
  id: "sandbox",
  title: "sandbox",
  role: "sandbox",
  serves: () => true,
  async open(target, signal) {
    const provider = await providerOf(target.engine, target.providerOptions);
    const create = (onEvent?: (event: SandboxEvent) => void) =>
      createSandbox(provider, {
        ...(onEvent === undefined ? {} : { onEvent }),
        network: target.network,
        labels: benchLabels(target),
        signal,
        ...(target.image === undefined ? {} : { image: target.image }),
      });
    return {
      versions: packageVersions(target.engine),
      async firstOutput(argv) {
        const steps = new Map<string, number>();
        const sandbox = await create((event) => {
          if (event.type === "progress") steps.set(event.phase, performance.now());
          else if ("operation" in event) steps.set(`${event.operation} ${event.type}`, performance.now());
        });
        const output = await execIn(sandbox, argv, signal);
        return {
          phases: phasesOf(steps),
          finish: async () => {
            await sandbox.destroy();
            return { output };
          },
        };
      },
      start: async () => liveSandbox(await create(), signal),
    };
  },
};

/** What the sandbox's events tell, by their moments. An engine that makes and starts in one step tells no start. */
function phasesOf(steps: ReadonlyMap<string, number>): Phases {
  const between = (from: string, to: string) => {
    const [begin, end] = [steps.get(from), steps.get(to)];
    return begin === undefined || end === undefined ? undefined : end - begin;
  };
  const create = "create operation-start";
  const told = {
    create: between(create, "start"),
    start: between("start", "ready"),
    made: steps.has("start") ? undefined : between(create, "ready"),
    ready: between("ready", "create operation-end"),
    firstCommand: between("exec operation-start", "exec operation-end"),
  };
  return Object.fromEntries(Object.entries(told).filter(([, ms]) => ms !== undefined));
}

function liveSandbox(sandbox: Sandbox, signal: AbortSignal): LiveSandbox {
  return {
    id: sandbox.id,
    exec: (argv) => execIn(sandbox, argv, signal),
    writeFile: (path, content) => sandbox.files.write(path, content, { signal }),
    readFile: (path) => sandbox.files.read(path, { signal }),
    upload: (hostPath, guestPath) => sandbox.files.upload(hostPath, guestPath, { signal }),
    download: (guestPath, hostPath) => sandbox.files.download(guestPath, hostPath, { signal }),
    stream: async (argv) => (await sandbox.spawn(argv, { signal })).stdout,
    accountedMemory: async () => (await sandbox.stats({ signal })).memoryBytes,
    remove: () => sandbox.destroy(),
  };
}

async function execIn(sandbox: Sandbox, argv: readonly string[], signal: AbortSignal): Promise<string> {
  return (await sandbox.exec(argv, { check: true, signal })).stdout;
}

function packageVersions(engine: string): Record<string, string> {
  const require = createRequire(import.meta.url);
  const version = (name: string): string => require(`${name}/package.json`).version;
  const adapter = engine.includes("/") ? engine : `@nanoclaw/sandbox-${engine}`;
  return { "@nanoclaw/sandbox": version("@nanoclaw/sandbox"), [adapter]: version(adapter) };
}
