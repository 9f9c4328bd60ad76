import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { ContainerFailure, hasErrorCode } from "../failures.js";
import type { PublishedPort } from "./configuration.js";

/** Below it only root may listen, which nobody is who runs the real service. */
const FIRST_FREE_PORT = 1024;

/** Published ports of a container that runs. */
export interface PortForwarders {
  close(): void;
}

/**
 * Listens on the host and passes on to a container (apple-container.md §7.5).
 *
 * @throws A `ContainerFailure` where a port is taken; none is listened on then.
 */
export async function openPorts(ports: readonly PublishedPort[], address: string): Promise<PortForwarders> {
  const opened: { close(): void }[] = [];
  const close = () => {
    for (const one of opened) one.close();
  };
  try {
    for (const { hostAddress, hostPort, containerPort, proto, count } of ports) {
      for (let offset = 0; offset < count; offset++) {
        const open = proto === "udp" ? openDatagrams : openStream;
        refuseLowPort(hostPort + offset);
        opened.push(await open(hostAddress, hostPort + offset, address, containerPort + offset));
      }
    }
  } catch (error) {
    close();
    throw hasErrorCode(error, "EADDRINUSE")
      ? new ContainerFailure("unknown", "bind(descriptor:ptr:bytes:): Address already in use (errno: 48)")
      : error;
  }
  return { close };
}

function refuseLowPort(port: number): void {
  if (port >= FIRST_FREE_PORT) return;
  throw new ContainerFailure(
    "invalidArgument",
    `Permission denied while binding to host port ${port}. Binding to ports below 1024 requires root privileges.`,
  );
}

async function openStream(host: string, port: number, address: string, target: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const guest = connect({ host: address, port: target, allowHalfOpen: true });
    client.on("error", () => guest.destroy());
    guest.on("error", () => client.destroy());
    client.pipe(guest).pipe(client);
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

/** Each sender gets a socket of its own, by which answers find back. */
async function openDatagrams(
  host: string,
  port: number,
  address: string,
  target: number,
): Promise<{ close(): void }> {
  const family = host.includes(":") ? "udp6" : "udp4";
  const outer = createSocket(family);
  const senders = new Map<string, DatagramSocket>();
  outer.on("message", (message, from) => {
    const key = `${from.address} ${from.port}`;
    const inner = senders.get(key) ?? createSocket("udp4");
    if (!senders.has(key)) {
      senders.set(key, inner);
      inner.on("error", () => undefined);
      inner.on("message", (answer) => outer.send(answer, from.port, from.address));
    }
    inner.send(message, target, address);
  });
  outer.bind(port, host);
  await once(outer, "listening");
  return {
    close() {
      outer.close();
      for (const socket of senders.values()) socket.close();
    },
  };
}
