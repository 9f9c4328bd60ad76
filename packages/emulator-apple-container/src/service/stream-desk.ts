import type { Socket } from "node:net";
import type { ClientStreams } from "../container/streams.js";
import type { StreamHeader, StreamRequest } from "./protocol.js";

/** Brings together what a client asks for and the connections that it makes for it, whichever comes first. */
export class StreamDesk {
  private readonly arrived = new Map<string, Socket>();
  private readonly awaited = new Map<string, (socket: Socket) => void>();

  /** A connection has said what it is. */
  bring({ token, stream }: StreamHeader, socket: Socket): void {
    const key = `${token} ${stream}`;
    const taker = this.awaited.get(key);
    if (taker !== undefined) {
      this.awaited.delete(key);
      taker(socket);
      return;
    }
    this.arrived.set(key, socket);
    socket.once("close", () => this.arrived.delete(key));
  }

  /** Waits for the streams that are to come. */
  async collect({ token, stdin, output }: StreamRequest): Promise<ClientStreams> {
    const [input, stdout, stderr] = await Promise.all([
      stdin ? this.take(`${token} stdin`) : undefined,
      output ? this.take(`${token} stdout`) : undefined,
      output ? this.take(`${token} stderr`) : undefined,
    ]);
    return { ...(input && { stdin: input }), ...(stdout && { stdout }), ...(stderr && { stderr }) };
  }

  private take(key: string): Promise<Socket> {
    const socket = this.arrived.get(key);
    if (socket !== undefined) {
      this.arrived.delete(key);
      return Promise.resolve(socket);
    }
    return new Promise((resolve) => this.awaited.set(key, resolve));
  }
}
