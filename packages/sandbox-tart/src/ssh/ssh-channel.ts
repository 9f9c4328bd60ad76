import type { SandboxError, TerminalSize } from "@nanoclaw/sandbox/adapter";
import type { ClientChannel } from "ssh2";
import type { Channel, ChannelListener } from "../guest/channel.js";

/** A process in the guest on a channel of an SSH connection. */
export class SshChannel implements Channel {
  readonly #channel: ClientChannel;
  readonly #listener: ChannelListener;
  #exitCode: number | undefined;
  #broken: SandboxError | undefined;
  #over = false;

  constructor(channel: ClientChannel, listener: ChannelListener) {
    this.#channel = channel;
    this.#listener = listener;
    channel.on("error", () => undefined);
    channel.stderr.on("error", () => undefined);
    channel.on("exit", (code: number | null) => {
      this.#exitCode = code ?? undefined;
    });
    channel.on("data", (data: Buffer) => listener.data("stdout", data));
    channel.stderr.on("data", (data: Buffer) => listener.data("stderr", data));
    // After the last output of both streams.
    channel.once("close", () => {
      this.#over = true;
      listener.end(this.#broken ? { error: this.#broken } : { exitCode: this.#exitCode });
    });
  }

  /** The connection is gone. Output that has come before may still be read. */
  break(error: SandboxError): void {
    if (this.#over) return;
    this.#broken = error;
    this.#listener.broken(error);
  }

  write(data: Uint8Array, done: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.write(data, done);
    else done();
  }

  endInput(): void {
    if (this.#channel.writable) this.#channel.end();
  }

  pause(): void {
    this.#channel.pause();
    this.#channel.stderr.pause();
  }

  resume(): void {
    this.#channel.resume();
    this.#channel.stderr.resume();
  }

  resize({ rows, columns }: TerminalSize): void {
    if (!this.#over) this.#channel.setWindow(rows, columns, 0, 0);
  }

  cancel(): void {
    if (this.#over) return;
    this.#channel.close();
    this.resume();
  }
}
