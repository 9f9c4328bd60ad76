import { abortable, type ProcessSpec, type RawProcess, SandboxError } from "@nanoclaw/sandbox/adapter";
import { Ahead } from "../guest/ahead.js";
import type { Channel, ChannelListener, ChannelOptions } from "../guest/channel.js";
import { startCommand, type Way } from "../guest/way.js";
import type { Transport } from "../transport.js";
import { AgentChannel } from "./agent-channel.js";
import { AgentConnection } from "./agent-connection.js";
import { agentGone } from "./failures.js";
import { HeldEnd } from "./held-end.js";

export interface OpenAgentOptions {
  /** Path of the virtual machine's `control.sock`. It may not be there yet, its directory must be. */
  readonly controlSocket: string;
  readonly os: "darwin" | "linux";
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal;
  /** Settles when the virtual machine has ended. Never rejects. */
  readonly runEnded: Promise<SandboxError>;
  /** How long an agent that answered once may be away, in milliseconds. Default: 20 s. */
  readonly awayMs?: number;
}

const defaultAwayMs = 20_000;
/** To start a command on connections that break. */
const attempts = 3;
/** After its last word a connection is safe for so long: later agents close what has been idle for 5 s (tart.md §6.1). */
const safeMs = 100;

/**
 * Waits for the guest agent of a virtual machine and holds a connection to it.
 *
 * @throws the reason of `signal`, or what `runEnded` tells.
 */
export async function openAgent(options: OpenAgentOptions): Promise<Transport> {
  const ended = new AbortController();
  void options.runEnded.then((error) => ended.abort(error));
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const connection = await AgentConnection.open(options.controlSocket, signal);
  try {
    const later = await abortable(isLater(connection), signal);
    return new AgentTransport(connection, later, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Agents after 0.11 tell that a command has started. There is no other way to ask for the version. */
async function isLater(connection: AgentConnection): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const command = { name: "/bin/sh", args: ["-c", ":"], interactive: false, tty: false };
    const channel = new AgentChannel(connection.client, command, {
      data: () => undefined,
      broken: () => undefined,
      end: ({ error }) => (error ? reject(error) : resolve(channel.execId !== undefined)),
    });
  });
}

class AgentTransport implements Transport, Way {
  readonly kind = "agent";
  readonly describe: string;
  readonly lost: Promise<SandboxError>;
  readonly os: "darwin" | "linux";
  readonly ownGroup: boolean;
  readonly #ahead: Ahead;
  readonly #connection: AgentConnection;
  readonly #later: boolean;
  readonly #awayMs: number;
  readonly #channels = new Set<AgentChannel>();
  readonly #over = new AbortController();
  /** When the agent last ended a call. */
  #heardAt = Number.NEGATIVE_INFINITY;
  #returning: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(connection: AgentConnection, later: boolean, options: OpenAgentOptions) {
    this.#connection = connection;
    this.#awayMs = options.awayMs ?? defaultAwayMs;
    this.os = options.os;
    this.ownGroup = later;
    this.#later = later;
    this.#ahead = new Ahead(this);
    this.describe = later ? "guest agent, later than 0.11" : "guest agent, up to 0.11";
    this.lost = new Promise((resolve) => {
      this.#over.signal.addEventListener("abort", () => resolve(this.#over.signal.reason), { once: true });
    });
    void options.runEnded.then((error) => this.#lose(error));
  }

  async spawn(spec: ProcessSpec, { signal }: { readonly signal: AbortSignal }): Promise<RawProcess> {
    return await startCommand(this.#ahead, spec, signal);
  }

  async open(options: ChannelOptions, listener: ChannelListener, signal: AbortSignal): Promise<Channel> {
    for (let attempt = 1; ; attempt++) {
      this.#over.signal.throwIfAborted();
      if (!this.#connection.isReady)
        await abortable(this.#back(), AbortSignal.any([signal, this.#over.signal]));
      const held = new HeldEnd(listener);
      const channel = this.#call(options, held);
      // An agent up to 0.11 does not tell that it has started something. It does not close what is idle either.
      if (this.#later && performance.now() - this.#heardAt > safeMs) {
        await abortable(channel.answered, signal).catch((error: unknown) => {
          channel.cancel();
          throw error;
        });
      }
      // Broken before the start was told, as when the agent closes an idle connection in this very moment: nothing
      // has been started but perhaps a shell of ours, which has got no command.
      const unheard = channel.execId === undefined && SandboxError.is(held.ended?.error, "sandbox_lost");
      if (unheard && !this.#over.signal.aborted && attempt < attempts) continue;
      held.pass();
      return channel;
    }
  }

  #call({ argv, tty }: ChannelOptions, listener: ChannelListener): AgentChannel {
    const [name = "", ...args] = argv;
    const terminalSize = tty && { rows: tty.rows, columns: tty.columns };
    const command = { name, args, interactive: true, tty: terminalSize !== undefined, terminalSize };
    const channel: AgentChannel = new AgentChannel(this.#connection.client, command, {
      data: (stream, data) => listener.data(stream, data),
      broken: (error) => listener.broken(this.#because(error)),
      end: (end) => {
        this.#channels.delete(channel);
        if (!end.error) this.#heardAt = performance.now();
        listener.end(end.error ? { error: this.#because(end.error) } : end);
      },
    });
    this.#channels.add(channel);
    return channel;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The guest is told of every call that ends here: when only the connection ended, it would not notice. */
  async #close(): Promise<void> {
    const closed = new SandboxError("sandbox_lost", "The connection to the sandbox was closed.", {
      retryable: false,
    });
    this.#over.abort(closed);
    for (const channel of this.#channels) channel.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    await this.#connection.close();
  }

  /** Waits for a connection after the last one ended, for all that want one. */
  #back(): Promise<void> {
    this.#returning ??= this.#reconnect().finally(() => {
      this.#returning = undefined;
    });
    return this.#returning;
  }

  async #reconnect(): Promise<void> {
    const away = AbortSignal.timeout(this.#awayMs);
    try {
      await this.#connection.ready(AbortSignal.any([away, this.#over.signal]));
    } catch (error) {
      if (away.aborted) this.#lose(agentGone());
      else if (SandboxError.is(error)) this.#lose(error);
      throw this.#over.signal.aborted ? this.#over.signal.reason : error;
    }
  }

  #lose(error: SandboxError): void {
    this.#over.abort(error);
  }

  /** Where the end of the machine is known, that is why the connection broke. */
  #because(error: SandboxError): SandboxError {
    const { signal } = this.#over;
    return error.code === "sandbox_lost" && signal.aborted ? signal.reason : error;
  }
}
