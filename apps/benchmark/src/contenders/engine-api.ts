import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import type { Container } from "dockerode";
import { pack } from "tar-stream";
import { timed } from "../clock.js";
import type { LiveSandbox } from "../contender.js";
import { benchLabels } from "../engines/bench-labels.js";
import { connect } from "../engines/connection.js";
import type { Target } from "../engines/target.js";
import { asNodeStream, readSingleFile, saveSingleFile } from "./archive.js";
import { type ContenderFactory, isDockerEngine } from "./factory.js";

/** The Docker Engine API as a program uses it without us: create, start, exec, archives, forced remove. */
export const engineApi: ContenderFactory = {
  id: "engine-api",
  title: "Engine API (dockerode)",
  role: "baseline",
  serves: isDockerEngine,
  async open(target) {
    const docker = connect(target.endpoint ?? "");
    const { Version: version, ApiVersion: api } = await docker.version();
    return {
      versions: { engine: version, api },
      async firstOutput(argv) {
        const created = await timed(() => createContainer(docker, target));
        const container = created.value;
        const started = await timed(() => container.start());
        const first = await timed(async () => {
          const command = await startCommand(container, argv);
          await command.firstByte;
          return command;
        });
        const command = first.value;
        return {
          phases: { create: created.ms, start: started.ms, firstCommand: first.ms },
          finish: async () => {
            const output = await command.output();
            await container.remove({ force: true });
            return { output };
          },
        };
      },
      start: async () => liveContainer(await startContainer(docker, target)),
    };
  },
};

/** A container that waits for commands, with the engine's defaults for everything else. */
async function startContainer(docker: Docker, target: Target): Promise<Container> {
  const container = await createContainer(docker, target);
  await container.start();
  return container;
}

function createContainer(docker: Docker, target: Target): Promise<Container> {
  return docker.createContainer({
    Image: target.image,
    Cmd: ["sleep", "2147483647"],
    Labels: benchLabels(target),
    HostConfig: target.network === "none" ? { NetworkMode: "none" } : {},
  });
}

function liveContainer(container: Container): LiveSandbox {
  return {
    id: container.id,
    exec: async (argv) => (await startCommand(container, argv)).output(),
    async writeFile(path, content) {
      const archive = pack();
      archive.entry({ name: basename(path) }, Buffer.from(content));
      archive.finalize();
      await container.putArchive(asNodeStream(archive), { path: dirname(path) });
    },
    readFile: async (path) => readSingleFile(await container.getArchive({ path })),
    async upload(hostPath, guestPath) {
      const { size } = await stat(hostPath);
      const archive = pack();
      const entry = archive.entry({ name: basename(guestPath), size });
      const filled = pipeline(createReadStream(hostPath), entry).then(() => archive.finalize());
      await Promise.all([filled, container.putArchive(asNodeStream(archive), { path: dirname(guestPath) })]);
    },
    download: async (guestPath, hostPath) =>
      saveSingleFile(await container.getArchive({ path: guestPath }), hostPath),
    stream: async (argv) => (await attachCommand(container, argv)).stdout,
    remove: () => container.remove({ force: true }),
  };
}

async function startCommand(container: Container, argv: readonly string[]) {
  const { exec, stdout, stderr } = await attachCommand(container, argv);
  const chunks: Buffer[] = [];
  const firstByte = new Promise<void>((resolve) => stdout.once("data", () => resolve()));
  stdout.on("data", (data: Buffer) => chunks.push(data));
  const ended = new Promise((resolve, reject) => stdout.once("end", resolve).once("error", reject));
  stderr.resume();
  return {
    firstByte: Promise.race([firstByte, ended]),
    output: async () => {
      await ended;
      const { ExitCode: exitCode } = await exec.inspect();
      if (exitCode !== 0) throw new Error(`${argv[0]} ended with ${exitCode}`);
      return Buffer.concat(chunks).toString();
    },
  };
}

async function attachCommand(container: Container, argv: readonly string[]) {
  const exec = await container.exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
  const connection = await exec.start({});
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  container.modem.demuxStream(connection, stdout, stderr);
  const close = (error?: Error) => {
    stdout.destroy(error);
    stderr.destroy(error);
  };
  connection.once("end", () => {
    stdout.end();
    stderr.end();
  });
  connection.once("error", close);
  stdout.once("close", () => connection.destroy());
  return { exec, stdout: stdout satisfies Readable, stderr };
}
