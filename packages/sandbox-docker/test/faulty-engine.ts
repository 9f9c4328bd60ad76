import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Fault {
  /** Of the first line of a request, such as `POST /containers/create`. */
  readonly request: RegExp;
  /** `unheard`: it never reaches the engine. `unanswered`: the engine's answer never comes back. */
  readonly kind: "unheard" | "unanswered";
}

/** A socket in front of a real engine that lets everything through but one kind of request. */
export interface FaultyEngine extends AsyncDisposable {
  readonly dockerHost: string;
  /** Resolves when such a request has come. */
  break(fault: Fault): Promise<void>;
  /** Cuts every connection, and takes no more. */
  die(): void;
  /** Connections that are open. */
  connections(): number;
}

export async function faultyEngine(dockerHost: string): Promise<FaultyEngine> {
  const directory = await mkdtemp(join(tmpdir(), "faulty-engine-"));
  const path = join(directory, "engine.sock");
  const sockets = new Set<Socket>();
  let fault: Fault | undefined;
  let met = (): void => undefined;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: dockerHost.replace("unix://", ""), allowHalfOpen: true });
    let isCut = false;
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // A test that ends closes connections in any order.
      socket.on("error", () => socket.destroy());
    }
    client.on("data", (data) => {
      if (fault?.request.test(data.toString("latin1").split("\r\n")[0] ?? "")) {
        isCut = true;
        met();
        if (fault.kind === "unheard") return;
      }
      engine.write(data);
    });
    client.on("end", () => engine.end());
    client.on("close", () => engine.destroy());
    engine.on("data", (data) => {
      if (!isCut) client.write(data);
    });
    engine.on("end", () => {
      if (!isCut) client.end();
    });
    engine.on("close", () => {
      if (!isCut) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));

  const die = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    dockerHost: `unix://${path}`,
    break: (next) =>
      new Promise((resolve) => {
        fault = next;
        met = resolve;
      }),
    die,
    connections: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      die();
      await rm(directory, { recursive: true });
    },
  };
}
