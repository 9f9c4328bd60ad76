import { connect, createServer, type Server, type Socket } from "node:net";
import type { OpenedPort } from "../contract/provider.js";

/** Ways from the host's loopback to ports of a guest that has an address of its own. */
export class ForwardedPorts {
  readonly #servers = new Map<Server, Set<Socket>>();

  async open(address: string, port: number): Promise<OpenedPort> {
    const sockets = new Set<Socket>();
    // Either side may end its half and still hear the other's.
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ host: address, port, allowHalfOpen: true });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.once("error", () => to.destroy());
        from.once("close", () => {
          sockets.delete(from);
          // What was received is still passed on; a broken connection is passed on as one.
          if (!from.readableEnded) to.destroy();
        });
        from.pipe(to);
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    server.unref();
    this.#servers.set(server, sockets);
    const { port: own } = server.address() as { port: number };
    return { host: "127.0.0.1", port: own, close: () => this.#close(server) };
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((server) => this.#close(server)));
  }

  async #close(server: Server): Promise<void> {
    const sockets = this.#servers.get(server);
    if (!sockets) return;
    this.#servers.delete(server);
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }
}
