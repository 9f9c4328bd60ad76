import type { Socket } from "node:net";

/** Lines of text that come over a socket, each taken when it is asked for. */
export class LineReader {
  private text = Buffer.alloc(0);
  private over = false;
  private wake: () => void = () => undefined;
  private readonly onData = (chunk: Buffer) => {
    this.text = Buffer.concat([this.text, chunk]);
    this.wake();
  };
  private readonly onClose = () => {
    this.over = true;
    this.wake();
  };

  constructor(private readonly socket: Socket) {
    socket.on("data", this.onData);
    // Told by the end that follows.
    socket.on("error", () => socket.destroy());
    socket.on("end", this.onClose);
    socket.on("close", this.onClose);
  }

  /** Undefined at the end of the connection. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.text.indexOf(0x0a);
      if (end >= 0) {
        const line = this.text.subarray(0, end).toString();
        this.text = this.text.subarray(end + 1);
        return line;
      }
      if (this.over) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Gives the socket back, with what came after the last line as the first that is read from it. */
  release(): Socket {
    this.socket.off("data", this.onData).off("end", this.onClose).off("close", this.onClose);
    this.socket.pause();
    if (this.text.length > 0) this.socket.unshift(this.text);
    return this.socket;
  }
}
