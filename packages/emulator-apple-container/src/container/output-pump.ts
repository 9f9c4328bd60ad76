import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import type { Socket } from "node:net";

/**
 * Takes what a guest process writes to one stream, to its container's log and to the client that is attached. A client
 * that reads slowly slows the process down; one that goes away does not: from then on what comes is thrown away.
 */
export class OutputPump {
  private attached: boolean;
  private detach: () => void = () => undefined;
  private readonly detached: Promise<void>;
  /** Settles when the guest has closed the stream and all of it was handed on. */
  readonly done: Promise<void>;

  constructor(
    private readonly source: Socket,
    private readonly client: Socket | undefined,
    private readonly log: FileHandle | undefined,
  ) {
    // A client may die while its container boots.
    this.attached = client !== undefined && !client.destroyed;
    this.detached = new Promise((resolve) => {
      this.detach = resolve;
    });
    client?.on("error", () => client.destroy());
    client?.once("close", () => this.leaveClient());
    this.done = this.run();
  }

  /** No more for the client, who is told the end; what waits for it still goes out. */
  leaveClient(): void {
    if (!this.attached) return;
    this.attached = false;
    this.client?.end();
    this.detach();
  }

  private async run(): Promise<void> {
    try {
      for await (const chunk of this.source) await this.handOn(chunk as Buffer);
    } catch {
      // The pipe broke with the container; what came until then is handed on.
    }
    this.leaveClient();
  }

  private async handOn(chunk: Buffer): Promise<void> {
    await this.log?.appendFile(chunk);
    if (!this.attached || this.client === undefined || this.client.write(chunk)) return;
    const drained = new AbortController();
    try {
      await Promise.race([once(this.client, "drain", { signal: drained.signal }), this.detached]);
    } finally {
      drained.abort();
    }
  }
}
