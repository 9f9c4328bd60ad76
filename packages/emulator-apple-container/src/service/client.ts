import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ContainerFailure, connectionIsLost, serviceIsDown } from "../failures.js";
import { isRegistered } from "../state/service-registration.js";
import { serviceSocket } from "../state/service-socket.js";
import { startService } from "./launch.js";
import { LineReader } from "./line-reader.js";
import type { Reply, RouteName, Routes, StreamHeader } from "./protocol.js";

const RESTART_LIMIT_MS = 10_000;

/** A client's connection to the service. One call at a time. */
export class ServiceConnection {
  private readonly lines: LineReader;

  private constructor(
    private readonly socket: Socket,
    private readonly home: string,
    private readonly command: string,
  ) {
    this.lines = new LineReader(socket);
  }

  /**
   * @param command The command that asks, which faults are named after.
   * @throws The failure of every call while the service is down.
   */
  static async open(home: string, command: string): Promise<ServiceConnection> {
    try {
      return new ServiceConnection(await connected(home), home, command);
    } catch (error) {
      // A service that died is started anew by the system when it is asked.
      if (!isRegistered(home)) throw error;
      await startService(home, RESTART_LIMIT_MS);
      return new ServiceConnection(await connected(home), home, command);
    }
  }

  /** @throws What the service answers with, or that it has died meanwhile. */
  async call<Name extends RouteName>(
    route: Name,
    parameters: Routes[Name]["parameters"],
  ): Promise<Routes[Name]["answer"]> {
    this.socket.write(`${JSON.stringify({ route, command: this.command, parameters })}\n`);
    const line = await this.lines.next();
    if (line === undefined) throw connectionIsLost();
    const reply = JSON.parse(line) as Reply;
    if ("answer" in reply) return reply.answer as Routes[Name]["answer"];
    throw new ContainerFailure(reply.failure.code, reply.failure.message, reply.failure.cause);
  }

  /** Another connection, which is one stream of a process. */
  async openStream(stream: StreamHeader["stream"], token: string): Promise<Socket> {
    const socket = await connected(this.home);
    socket.write(`${JSON.stringify({ stream, token } satisfies StreamHeader)}\n`);
    return socket;
  }

  close(): void {
    this.socket.destroy();
  }
}

async function connected(home: string): Promise<Socket> {
  const socket = connect({ path: serviceSocket(home), allowHalfOpen: true });
  try {
    await once(socket, "connect");
  } catch {
    throw serviceIsDown();
  }
  return socket;
}
