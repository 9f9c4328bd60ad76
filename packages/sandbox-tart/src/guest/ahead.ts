import { abortable, type OutputChunk, SandboxError, type TerminalSize } from "@nanoclaw/sandbox/adapter";
import type { Channel, ChannelEnd, ChannelListener, ChannelOptions } from "./channel.js";
import { starterCommand } from "./starter.js";
import type { Way } from "./way.js";

/** What most commands are started by. */
const usual = starterCommand({ tty: false, user: undefined });
/** For the start of a shell that nobody waits for, in milliseconds. */
const startMs = 10_000;

/**
 * A way into a guest on which the next command finds its shell already there. That is started when a command has
 * ended: earlier, it would take its time from the command under way.
 */
export class Ahead implements Way {
  readonly os: Way["os"];
  readonly ownGroup: boolean;
  readonly #way: Way;
  #spare: Spare | undefined;

  constructor(way: Way) {
    this.#way = way;
    this.os = way.os;
    this.ownGroup = way.ownGroup;
  }

  async open(options: ChannelOptions, listener: ChannelListener, signal: AbortSignal): Promise<Channel> {
    const spare = this.#spare;
    if (!spare || options.tty || options.argv.join("\0") !== usual.join("\0")) {
      return await this.#call(options, listener, signal);
    }
    this.#spare = undefined;
    await abortable(spare.opened, signal).catch((error: unknown) => {
      // Whoever gives up leaves it to the next.
      this.#spare ??= spare;
      throw error;
    });
    if (spare.over) return await this.#call(options, listener, signal);
    spare.give(this.#followed(listener), () => this.#call(options, listener, signal));
    return spare;
  }

  async #call(options: ChannelOptions, listener: ChannelListener, signal: AbortSignal): Promise<Channel> {
    return await this.#way.open(options, this.#followed(listener), signal);
  }

  /** After a call that the connection has survived, the next shell is started. */
  #followed(listener: ChannelListener): ChannelListener {
    return {
      data: (stream, data) => listener.data(stream, data),
      broken: (error) => listener.broken(error),
      end: (end) => {
        listener.end(end);
        if (!end.error && (!this.#spare || this.#spare.over)) this.#spare = new Spare(this.#way);
      },
    };
  }
}

/** A shell that waits for a command, and then the channel of that. */
class Spare implements Channel, ChannelListener {
  /** Done when the shell is there, or could not be started. Never rejects. */
  readonly opened: Promise<void>;
  /** It could not be started, or something in the guest has ended it. */
  over = false;
  #channel: Channel | undefined;
  #listener: ChannelListener | undefined;
  #again: (() => Promise<Channel>) | undefined;
  /** All that was written, until the shell has answered. */
  #written: Uint8Array[] = [];
  #answered = false;
  #inputEnded = false;
  #cancelled = false;

  constructor(way: Way) {
    this.opened = way.open({ argv: usual }, this, AbortSignal.timeout(startMs)).then(
      (channel) => {
        this.#channel = channel;
      },
      () => {
        this.over = true;
      },
    );
  }

  /** `again` opens another channel, for when this shell turns out to have been killed while it waited. */
  give(listener: ChannelListener, again: () => Promise<Channel>): void {
    this.#listener = listener;
    this.#again = again;
  }

  data(stream: OutputChunk["stream"], data: Buffer): void {
    this.#answered = true;
    this.#written = [];
    this.#listener?.data(stream, data);
  }

  broken(error: SandboxError): void {
    this.over = true;
    this.#listener?.broken(error);
  }

  end(end: ChannelEnd): void {
    this.over = true;
    if (this.#answered || end.error) this.#listener?.end(end);
    else if (this.#listener) void this.#startAgain(this.#listener);
  }

  /** The shell says a word before it starts anything: without one, nothing has been started. */
  async #startAgain(listener: ChannelListener): Promise<void> {
    try {
      const channel = await this.#again?.();
      this.#channel = channel;
      this.#answered = true;
      for (const piece of this.#written) channel?.write(piece, () => undefined);
      if (this.#inputEnded) channel?.endInput();
      if (this.#cancelled) channel?.cancel();
    } catch (error) {
      listener.end({
        error: SandboxError.is(error) ? error : new SandboxError("sandbox_lost", String(error)),
      });
    }
  }

  write(data: Uint8Array, done: (error?: Error | null) => void): void {
    if (!this.#answered) this.#written.push(data);
    this.#channel?.write(data, done);
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#channel?.endInput();
  }

  pause(): void {
    this.#channel?.pause();
  }

  resume(): void {
    this.#channel?.resume();
  }

  resize(size: TerminalSize): void {
    this.#channel?.resize(size);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#channel?.cancel();
  }
}
