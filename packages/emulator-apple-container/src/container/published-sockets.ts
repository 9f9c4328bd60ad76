import { once } from "node:events";
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { dirname } from "node:path";
import { ContainerFailure } from "../failures.js";
import type { PublishedSocket } from "./configuration.js";

/**
 * Shows sockets of a container on the host (apple-container.md §4.4).
 *
 * @param pid A process of the container.
 * @throws A `ContainerFailure` where there is a socket at the path; any other file there is deleted.
 */
export async function publishSockets(
  sockets: readonly PublishedSocket[],
  pid: number,
): Promise<{ close(): void }> {
  const servers: Server[] = [];
  const close = () => {
    for (const server of servers) server.close();
  };
  try {
    for (const socket of sockets) servers.push(await publish(socket, pid));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

async function publish(
  { hostPath, containerPath, permissions }: PublishedSocket,
  pid: number,
): Promise<Server> {
  if (lstatSync(hostPath, { throwIfNoEntry: false })?.isSocket()) {
    throw new ContainerFailure("invalidArgument", `host socket ${hostPath} already exists and may be in use`);
  }
  mkdirSync(dirname(hostPath), { recursive: true });
  rmSync(hostPath, { force: true });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const guest = connect({ path: `/proc/${pid}/root${containerPath}`, allowHalfOpen: true });
    client.on("error", () => guest.destroy());
    guest.on("error", () => client.destroy());
    client.pipe(guest).pipe(client);
  });
  server.listen(hostPath);
  await once(server, "listening");
  if (permissions !== undefined) chmodSync(hostPath, permissions);
  return server;
}
