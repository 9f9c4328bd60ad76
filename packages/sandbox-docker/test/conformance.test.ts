import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { dockerOfRun, podmanOfRun } from "@nanoclaw/test-engines";
import { docker } from "../src/index.js";
import { askJson } from "../src/request.js";

/** Something that accepts every connection and never says a word. */
async function wedged() {
  const directory = await mkdtemp(join(tmpdir(), "docker-wedged-"));
  const path = join(directory, "engine.sock");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    provider: docker({ host: `unix://${path}` }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true });
    },
  };
}

const engines = { docker: dockerOfRun(), podman: podmanOfRun() };

/** The others than Docker with dash have what says most of them, and with `CHECKS=all` what depends on them. */
const every = process.env.CHECKS === "all";

/** All but what core does alike for every engine, and takes its time: local has it. */
const mostChecks = every
  ? undefined
  : /^(?!(G3\.killed-eight|G6\.killed-lane|G6\.duration|G7\.late-reader|G7\.volume-dropped|G9\.deadlines.*)$)/;

/** What depends on the guest's shell and tools. */
const shellChecks = every
  ? ["G1", "G5", "G6", "G7", "G12"]
  : ["G1.signals", "G5.kill", "G6.signals", "G6.killed-parent", "G7.hundred-at-once", "G7.files-list", "G12"];
/** What depends on the engine. Podman drops what a process says last while input for it is left, so not G1, G6, G7. */
const engineChecks = every
  ? ["G2", "G3", "G4", "G5", "G10", "G11", "G12"]
  : [
      ...["G2.ready", "G2.failed", "G2.name-taken", "G2.image-missing", "G3.killed"],
      ...["G4.destroy", "G4.during-commands", "G4.destroyed-elsewhere", "G4.leftovers", "G4.nothing-left"],
      ...["G5.timeout", "G5.kill", "G5.terminal-kill", "G10", "G11.nowhere-else", "G12.arguments"],
    ];

for (const [engine, image, filter] of [
  ["docker", "dash", mostChecks],
  ["docker", "busybox", shellChecks],
  ["docker", "bash", shellChecks],
  ["podman", "busybox", engineChecks],
] as const) {
  const { dockerHost, reason } = engines[engine];
  const socketPath = dockerHost?.replace("unix://", "");
  const ask = (path: string) =>
    askJson({ protocol: "http:", socketPath }, { method: "GET", path }, AbortSignal.timeout(30_000));
  conformance(
    `${engine} with ${image}`,
    {
      provider: () => docker({ host: dockerHost }),
      // Podman gives images a root directory that not even root may write to without capabilities.
      create: { image: `nanoclaw-test/${image}:1`, workdir: engine === "podman" ? "/tmp" : undefined },
      otherUser: "1000",
      wedged,
      engineRecords: async (id) => JSON.stringify(await ask(`/containers/${id}/json`)),
      leftovers: async () => {
        const [containers, { Volumes }] = await Promise.all([
          ask("/containers/json?all=1") as Promise<{ Names: string[]; State: string }[]>,
          ask("/volumes") as Promise<{ Volumes: { Name: string }[] | null }>,
        ]);
        return [
          ...containers.map(({ Names, State }) => `container ${Names[0]} ${State}`),
          ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
        ];
      },
    },
    { skip: reason ?? (image === "bash" && !every ? "left to CHECKS=all" : undefined), filter },
  );
}
