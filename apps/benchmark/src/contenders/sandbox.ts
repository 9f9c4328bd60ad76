import { createRequire } from "node:module";
import { createSandbox, type Sandbox } from "@nanoclaw/sandbox";
import type { LiveSandbox } from "../contender.js";
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
    const create = () =>
      createSandbox(provider, {
        network: target.network,
        labels: benchLabels(target),
        signal,
        ...(target.image === undefined ? {} : { image: target.image }),
      });
    return {
      versions: packageVersions(target.engine),
      async firstOutput(argv) {
        const sandbox = await create();
        const output = await execIn(sandbox, argv, signal);
        return {
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

function liveSandbox(sandbox: Sandbox, signal: AbortSignal): LiveSandbox {
  return {
    id: sandbox.id,
    exec: (argv) => execIn(sandbox, argv, signal),
    writeFile: (path, content) => sandbox.files.write(path, content, { signal }),
    readFile: (path) => sandbox.files.read(path, { signal }),
    upload: (hostPath, guestPath) => sandbox.files.upload(hostPath, guestPath, { signal }),
    download: (guestPath, hostPath) => sandbox.files.download(guestPath, hostPath, { signal }),
    stream: async (argv) => (await sandbox.spawn(argv, { signal })).stdout,
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
