import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command's own message to the agent holds the script of our shell, the answer says that it has started. */
const told = { request: /sb_say/, answer: /"[\s\S]\n[\s\S]\d/ };

/** Carries bytes to an agent and back as `tart run` does, until one of them is to be the last. */
export class Door implements AsyncDisposable {
  readonly socket: string;
  /** Ends the next connection that carries a command, instead of passing on the command or the agent's answer. */
  cut: keyof typeof told | undefined;
  /** Connections that were ended. */
  cuts = 0;
  readonly #server: Server;
  readonly #directory: string;
  readonly #sockets = new Set<Socket>();

  private constructor(directory: string, target: string) {
    this.#directory = directory;
    this.socket = join(directory, "control.sock");
    this.#server = createServer((outer) => {
      const inner = connect(target);
      this.#carry(outer, inner, "request");
      this.#carry(inner, outer, "answer");
    });
  }

  static async before(target: string): Promise<Door> {
    const door = new Door(await mkdtemp(join(tmpdir(), "door-")), target);
    await once(door.#server.listen(door.socket), "listening");
    return door;
  }

  #carry(from: Socket, to: Socket, what: keyof typeof told): void {
    this.#sockets.add(from);
    // Told by its end.
    from.on("error", () => from.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.on("data", (data: Buffer) => {
      if (this.cut !== what || !told[what].test(data.toString("latin1"))) {
        to.write(data);
        return;
      }
      this.cut = undefined;
      this.cuts++;
      from.destroy();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
