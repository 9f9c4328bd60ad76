import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { LiveSandbox } from "../contender.js";
import { benchLabels } from "../engines/bench-labels.js";
import type { Target } from "../engines/target.js";
import { findProgram, startProgram } from "../program.js";
import { type ContenderFactory, isDockerEngine } from "./factory.js";

/** The docker command: `docker run --rm`, `docker exec`, `docker cp`, `docker rm --force`. */
export const dockerCli: ContenderFactory = {
  id: "docker-cli",
  title: "docker CLI",
  role: "baseline",
  serves: isDockerEngine,
  async open(target) {
    if (!findProgram("docker")) throw new Error("The docker command is not installed.");
    const docker = dockerCommand(target);
    const client = await docker(["version", "--format", "{{.Client.Version}}"]).output();
    return {
      versions: { docker: client.trim() },
      async firstOutput(argv) {
        const program = docker(["run", "--rm", ...runOptions(target), ...argv]);
        await program.firstByte();
        return { finish: async () => ({ output: await program.output() }) };
      },
      async start() {
        const name = `sandbox-bench-${randomBytes(6).toString("hex")}`;
        await docker([
          "run",
          "--detach",
          "--name",
          name,
          ...runOptions(target),
          "sleep",
          "2147483647",
        ]).output();
        return liveContainer(docker, target, name);
      },
    };
  },
};

type DockerCommand = ReturnType<typeof dockerCommand>;

function dockerCommand(target: Target) {
  return (args: readonly string[]) => startProgram(["docker", ...args], environment(target));
}

function environment(target: Target): Record<string, string> {
  // The command does not know the scheme by which the adapter tells that TLS is in use.
  const host = (target.endpoint ?? "").replace(/^https:/, "tcp:");
  return { DOCKER_HOST: host, DOCKER_CONTEXT: "" };
}

function runOptions(target: Target): string[] {
  const labels = Object.entries(benchLabels(target)).flatMap(([key, value]) => [
    "--label",
    `${key}=${value}`,
  ]);
  const network = target.network === "none" ? ["--network", "none"] : [];
  return [...labels, ...network, target.image ?? ""];
}

function liveContainer(docker: DockerCommand, target: Target, name: string): LiveSandbox {
  const done = async (args: readonly string[]) => {
    await docker(args).output();
  };
  return {
    id: name,
    exec: (argv) => docker(["exec", name, ...argv]).output(),
    upload: (hostPath, guestPath) => done(["cp", hostPath, `${name}:${guestPath}`]),
    download: (guestPath, hostPath) => done(["cp", `${name}:${guestPath}`, hostPath]),
    stream: async (argv) =>
      spawn("docker", ["exec", name, ...argv], {
        env: { ...process.env, ...environment(target) },
        stdio: ["ignore", "pipe", "inherit"],
      }).stdout,
    remove: () => done(["rm", "--force", name]),
  };
}
