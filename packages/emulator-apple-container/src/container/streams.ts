import type { FileHandle } from "node:fs/promises";
import type { Socket } from "node:net";
import type { ProcessPipes } from "./helper.js";
import { OutputPump } from "./output-pump.js";

/** How long after a process's end its outputs may still be open, by what it left behind (apple-container.md §5.5). */
export const DRAIN_MS = 3000;

/** A client's ends of the streams that it is attached to. */
export interface ClientStreams {
  readonly stdin?: Socket;
  readonly stdout?: Socket;
  readonly stderr?: Socket;
}

/** What goes between a guest process and its client. */
export class Streams {
  private readonly pumps: readonly OutputPump[];

  constructor(
    private readonly pipes: ProcessPipes,
    client: ClientStreams,
    log?: FileHandle,
  ) {
    this.pumps = [
      new OutputPump(pipes.stdout, client.stdout, log),
      new OutputPump(pipes.stderr, client.stderr, log),
    ];
    this.feed(client.stdin);
    void Promise.all(this.pumps.map(({ done }) => done)).then(() => log?.close());
  }

  /** To be called at the process's end: within the limit the client has all that there was, and is told the end. */
  async finish(): Promise<void> {
    this.pipes.stdin?.destroy();
    const limit = setTimeout(() => {
      for (const pump of this.pumps) pump.leaveClient();
    }, DRAIN_MS);
    await Promise.all(this.pumps.map(({ done }) => done));
    clearTimeout(limit);
  }

  /** The end of the client's input, or of the client, is the end of the process's input. */
  private feed(input: Socket | undefined): void {
    const target = this.pipes.stdin;
    if (target === undefined) return;
    target.on("error", () => target.destroy());
    if (input === undefined || input.destroyed) {
      target.end();
      return;
    }
    input.on("error", () => input.destroy());
    input.pipe(target);
    // A client that was killed breaks the connection, which is no end that pipe() hands on.
    input.once("close", () => target.end());
    // The process has closed its input: what still comes goes nowhere.
    target.once("close", () => input.resume());
  }
}
