import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { dockerOfRun, podmanOfRun } from "@nanoclaw/test-engines";
import Docker from "dockerode";
import { docker } from "../src/index.js";

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

for (const [engine, image, otherUser] of [
  ["docker", "busybox", "1000"],
  ["docker", "dash", "1000"],
  ["docker", "bash", "1000"],
  ["podman", "busybox", "1000"],
] as const) {
  const { dockerHost, reason } = engines[engine];
  const client = new Docker({ socketPath: dockerHost?.replace("unix://", "") });
  conformance(
    `${engine} with ${image}`,
    {
      provider: () => docker({ host: dockerHost }),
      // Podman gives images a root directory that not even root may write to without capabilities.
      create: { image: `nanoclaw-test/${image}:1`, workdir: engine === "podman" ? "/tmp" : undefined },
      otherUser,
      wedged,
      engineRecords: async (id) => JSON.stringify(await client.getContainer(id).inspect()),
      leftovers: async () => {
        const [containers, { Volumes }] = await Promise.all([
          client.listContainers({ all: true }),
          client.listVolumes(),
        ]);
        return [
          ...containers.map(({ Names, State }) => `container ${Names[0]} ${State}`),
          ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
        ];
      },
    },
    reason === undefined ? {} : { skip: reason },
  );
}
