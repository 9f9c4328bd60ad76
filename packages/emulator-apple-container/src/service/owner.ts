import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** That an emulator belongs to this process. */
export interface Ownership {
  /** Gives it up, as the end of the process would. */
  release(): void;
}

/**
 * Makes this process the one that an emulator belongs to: its end, however it comes, is the end of the service and of
 * every container. The kernel tells them, by closing their connections.
 */
export async function own(home: string): Promise<Ownership> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.unref();
    socket.on("error", () => socket.destroy());
    socket.on("close", () => connections.delete(socket));
  });
  server.listen(ownerAddress(home));
  await once(server, "listening");
  server.unref();
  return {
    release() {
      server.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

/** A connection to the process that the emulator belongs to; undefined where it belongs to none. */
export async function connectToOwner(home: string): Promise<Socket | undefined> {
  const socket = connect(ownerAddress(home));
  try {
    await once(socket, "connect");
  } catch {
    return undefined;
  }
  return socket;
}

/** A name that goes with the process, without a file. */
function ownerAddress(home: string): string {
  return `\0emulated-apple-container-${createHash("sha256").update(home).digest("hex").slice(0, 32)}`;
}
