import {
  abortable,
  type ProcessSpec,
  pause,
  quote,
  type RawProcess,
  SandboxError,
} from "@nanoclaw/sandbox/adapter";
import type { ClientChannel } from "ssh2";
import type { Channel, ChannelListener, ChannelOptions } from "../guest/channel.js";
import { startCommand, type Way } from "../guest/way.js";
import type { Transport } from "../transport.js";
import { connectFailure, connectionLost, mayPass, type SshFailure } from "./failures.js";
import { HostKeys } from "./host-key.js";
import { SshChannel } from "./ssh-channel.js";
import { type SshAccess, SshConnection } from "./ssh-connection.js";

export interface OpenSshOptions extends SshAccess {
  /** Lines of `ssh_host_*_key.pub`. Default: the first key that the guest shows is the one it must keep. */
  readonly hostKey?: string;
  readonly os: "darwin" | "linux";
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal;
  /** Settles when the virtual machine has ended. Never rejects. */
  readonly runEnded: Promise<SandboxError>;
  /** How long a server that answered once may be away, in milliseconds. Default: 20 s. */
  readonly awayMs?: number;
  /** How long a server that lets us not in is asked again, in milliseconds. Default: 5 s. */
  readonly refusalMs?: number;
}

const defaultAwayMs = 20_000;
/** Between two attempts while the guest boots, in milliseconds. */
const retryMs = 100;
/** A guest that boots lets nobody in for a while after its server is up. */
const defaultRefusalMs = 5_000;

/**
 * Waits for the SSH server of a guest and holds a connection to it.
 *
 * @throws the reason of `signal`, what `runEnded` tells, or SandboxError `permission_denied` when it lets us not in.
 */
export async function openSsh(options: OpenSshOptions): Promise<Transport> {
  const ended = new AbortController();
  void options.runEnded.then((error) => ended.abort(error));
  const hostKeys = new HostKeys(options.hostKey);
  const first = await reach(options, hostKeys, AbortSignal.any([options.signal, ended.signal]));
  return new SshTransport(first, hostKeys, options);
}

async function reach(
  options: OpenSshOptions,
  hostKeys: HostKeys,
  signal: AbortSignal,
): Promise<SshConnection> {
  const { refusalMs = defaultRefusalMs } = options;
  let refusedAt: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await SshConnection.open(options, hostKeys, signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = error as SshFailure;
      if (failure.level === "client-authentication") {
        refusedAt ??= performance.now();
        if (performance.now() - refusedAt > refusalMs) throw connectFailure(failure, options.username);
      } else if (!mayPass(failure)) throw connectFailure(failure, options.username);
    }
    await pause(refusedAt === undefined ? retryMs : 10 * retryMs, signal);
  }
}

class SshTransport implements Transport, Way {
  readonly kind = "ssh";
  readonly describe: string;
  readonly lost: Promise<SandboxError>;
  readonly os: "darwin" | "linux";
  /** The server starts every command in a session of its own. */
  readonly ownGroup = true;
  readonly #options: OpenSshOptions;
  readonly #hostKeys: HostKeys;
  readonly #connections: SshConnection[] = [];
  readonly #channels = new Map<SshChannel, SshConnection>();
  readonly #over = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #opening: Promise<void> | undefined;

  constructor(first: SshConnection, hostKeys: HostKeys, options: OpenSshOptions) {
    this.#options = options;
    this.#hostKeys = hostKeys;
    this.os = options.os;
    this.describe = `SSH, ${options.privateKey === undefined ? "password" : "key"} of ${options.username}`;
    this.lost = new Promise((resolve) => {
      this.#over.signal.addEventListener("abort", () => resolve(this.#over.signal.reason), { once: true });
    });
    void options.runEnded.then((error) => this.#end(error));
    this.#take(first);
  }

  async spawn(spec: ProcessSpec, { signal }: { readonly signal: AbortSignal }): Promise<RawProcess> {
    return await startCommand(this, spec, signal);
  }

  async open(
    { argv, tty }: ChannelOptions,
    listener: ChannelListener,
    signal: AbortSignal,
  ): Promise<Channel> {
    const command = `exec ${argv.map(quote).join(" ")}`;
    const pty = tty && { term: "xterm-256color", cols: tty.columns, rows: tty.rows };
    for (;;) {
      signal.throwIfAborted();
      this.#over.signal.throwIfAborted();
      const connection = this.#connections.find(({ hasRoom }) => hasRoom);
      if (!connection) {
        await abortable(this.#room(), AbortSignal.any([signal, this.#over.signal]));
        continue;
      }
      const opened = connection
        .exec(command, pty, () => this.#wake())
        .catch((error: unknown) => {
          // Nothing has been started but perhaps a shell of ours, which has got no command.
          if (connection.isOver) return undefined;
          throw new SandboxError("resource_exhausted", "The guest's SSH server could not start a command.", {
            cause: error,
            hint: "End what runs in the sandbox.",
          });
        });
      const channel = await abortable(opened, signal).catch((error: unknown) => {
        void opened.then(
          (late) => late?.close(),
          () => undefined,
        );
        throw error;
      });
      if (channel) return this.#follow(channel, connection, listener);
    }
  }

  async close(): Promise<void> {
    this.#end(
      new SandboxError("sandbox_lost", "The connection to the sandbox was closed.", { retryable: false }),
    );
    await Promise.all(this.#connections.map(({ ended }) => ended));
  }

  #follow(opened: ClientChannel, connection: SshConnection, listener: ChannelListener): SshChannel {
    const channel: SshChannel = new SshChannel(opened, {
      data: (stream, data) => listener.data(stream, data),
      broken: (error) => listener.broken(error),
      end: (end) => {
        this.#channels.delete(channel);
        listener.end(end);
      },
    });
    this.#channels.set(channel, connection);
    return channel;
  }

  /** Returns when a connection may have room: a channel has ended, or there is another connection. */
  #room(): Promise<void> {
    const freed = new Promise<void>((resolve) => this.#waiting.push(resolve));
    // One at a time: a server drops what comes at once while it has not let it in.
    this.#opening ??= this.#connectAgain().finally(() => {
      this.#opening = undefined;
    });
    return Promise.race([freed, this.#opening]);
  }

  async #connectAgain(): Promise<void> {
    const away = AbortSignal.timeout(this.#options.awayMs ?? defaultAwayMs);
    try {
      this.#take(await reach(this.#options, this.#hostKeys, AbortSignal.any([away, this.#over.signal])));
    } catch (error) {
      const gone = away.aborted ? serverGone() : (error as SandboxError);
      if (this.#connections.length === 0) this.#end(gone);
      throw this.#because(gone);
    } finally {
      this.#wake();
    }
  }

  #take(connection: SshConnection): void {
    this.#connections.push(connection);
    void connection.ended.then((cause) => {
      this.#connections.splice(this.#connections.indexOf(connection), 1);
      const error = this.#because(connectionLost(cause));
      for (const [channel, of] of this.#channels) if (of === connection) channel.break(error);
    });
    if (this.#over.signal.aborted) connection.close();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #end(error: SandboxError): void {
    this.#over.abort(error);
    for (const connection of this.#connections) connection.close();
  }

  #because(error: SandboxError): SandboxError {
    const { signal } = this.#over;
    return error.code === "sandbox_lost" && signal.aborted ? signal.reason : error;
  }
}

function serverGone(): SandboxError {
  return new SandboxError("sandbox_lost", "The guest's SSH server does not answer any more.");
}
