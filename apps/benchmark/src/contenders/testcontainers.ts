import { createRequire } from "node:module";
import type { StartedTestContainer } from "testcontainers";
import type { LiveSandbox } from "../contender.js";
import { benchLabels } from "../engines/bench-labels.js";
import { readSingleFile, saveSingleFile } from "./archive.js";
import { type ContenderFactory, isDockerEngine } from "./factory.js";

/** The engine that this process's testcontainers is bound to: it keeps the first that it finds. */
let boundTo: string | undefined;

/** Testcontainers without its reaper, whose image would have to be pulled and which is one more container. */
export const testcontainers: ContenderFactory = {
  id: "testcontainers",
  title: "testcontainers",
  role: "baseline",
  serves: isDockerEngine,
  async open(target) {
    if (boundTo !== undefined && boundTo !== target.endpoint) {
      throw new Error(`Testcontainers serves one engine in a process, and that is ${boundTo} here.`);
    }
    process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
    const { GenericContainer, getContainerRuntimeClient } = await load();
    await withDockerHost(target.endpoint?.replace(/^https:/, "tcp:"), getContainerRuntimeClient);
    boundTo = target.endpoint;
    const start = () => {
      const container = new GenericContainer(target.image ?? "")
        .withCommand(["sleep", "2147483647"])
        .withLabels(benchLabels(target));
      return (target.network === "none" ? container.withNetworkMode("none") : container).start();
    };
    const { version } = createRequire(import.meta.url)("testcontainers/package.json");
    return {
      versions: { testcontainers: version },
      async firstOutput(argv) {
        const container = await start();
        const output = await execIn(container, argv);
        return {
          finish: async () => {
            await container.stop();
            return { output };
          },
        };
      },
      start: async () => liveContainer(await start()),
    };
  },
};

/**
 * It finds its engine by this variable, once. So does whoever else looks for docker in this process, who is not to be
 * led to that engine: the variable is as it was when this returns.
 */
async function withDockerHost(host: string | undefined, find: () => Promise<unknown>): Promise<void> {
  const before = process.env.DOCKER_HOST;
  setDockerHost(host);
  try {
    await find();
  } finally {
    setDockerHost(before);
  }
}

function setDockerHost(host: string | undefined): void {
  // An assigned undefined would be the text "undefined".
  if (host === undefined) delete process.env.DOCKER_HOST;
  else process.env.DOCKER_HOST = host;
}

async function load() {
  try {
    return await import("testcontainers");
  } catch (error) {
    throw new Error("The package testcontainers is not installed.", { cause: error });
  }
}

function liveContainer(container: StartedTestContainer): LiveSandbox {
  return {
    id: container.getId(),
    exec: (argv) => execIn(container, argv),
    writeFile: (path, content) =>
      container.copyContentToContainer([{ content: Buffer.from(content), target: path }] as never),
    readFile: async (path) => readSingleFile(await container.copyArchiveFromContainer(path)),
    upload: (hostPath, guestPath) =>
      container.copyFilesToContainer([{ source: hostPath, target: guestPath }]),
    download: async (guestPath, hostPath) =>
      saveSingleFile(await container.copyArchiveFromContainer(guestPath), hostPath),
    async remove() {
      await container.stop();
    },
  };
}

async function execIn(container: StartedTestContainer, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await container.exec([...argv]);
  if (exitCode !== 0) throw new Error(`${argv[0]} ended with ${exitCode}`);
  return stdout;
}
