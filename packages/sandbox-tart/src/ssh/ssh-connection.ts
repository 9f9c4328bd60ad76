import { connect as connectSocket, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type AnyAuthMethod, Client, type ClientChannel, type PseudoTtyOptions } from "ssh2";
import type { SshFailure } from "./failures.js";
import type { HostKeys } from "./host-key.js";

export interface SshAccess {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password?: string;
  /** In the form of OpenSSH. Tried before the password. */
  readonly privateKey?: string;
}

/** What OpenSSH allows on one connection unless told otherwise. */
const mostChannels = 10;
const keepaliveMs = 10_000;
/** Between the end of a connection's channels and its own, at most, in milliseconds. */
const endingMs = 1_000;
/** Until the guest has let us in, in milliseconds: one that boots may accept and not answer. */
const handshakeMs = 15_000;

/** One connection to the guest's SSH server, and its channels. */
export class SshConnection {
  /** Settles when it has ended. Never rejects. */
  readonly ended: Promise<Error | undefined>;
  readonly #client: Client;
  #most = mostChannels;
  #channels = 0;
  #over = false;

  private constructor(client: Client) {
    this.#client = client;
    this.ended = new Promise((resolve) => {
      let reason: Error | undefined;
      client.on("error", (error) => {
        reason = error;
      });
      client.once("close", () => {
        this.#over = true;
        resolve(reason);
      });
    });
  }

  /** @throws SshFailure */
  static async open(access: SshAccess, hostKeys: HostKeys, signal: AbortSignal): Promise<SshConnection> {
    const { host, port, username } = access;
    const client = new Client();
    const socket = connectSocket({ host, port, noDelay: true });
    const serverHostKey = hostKeys.algorithms;
    const give = (): void => void socket.destroy();
    signal.addEventListener("abort", give, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        let failure: SshFailure | undefined;
        client.on("ready", resolve);
        client.on("error", (error) => {
          failure ??= error;
        });
        client.on("close", () => reject(failure ?? socketFailure(socket)));
        client.connect({
          sock: socket,
          username,
          authHandler: methodsOf(access),
          hostVerifier: (key: Buffer) => hostKeys.accept(key),
          ...(serverHostKey ? { algorithms: { serverHostKey } } : {}),
          readyTimeout: handshakeMs,
          keepaliveInterval: keepaliveMs,
          keepaliveCountMax: 3,
        });
      });
      signal.throwIfAborted();
      return new SshConnection(client);
    } catch (error) {
      socket.destroy();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", give);
    }
  }

  get hasRoom(): boolean {
    return !this.#over && this.#channels < this.#most;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Starts a command. Gives undefined when the guest takes no more on this connection. */
  async exec(
    command: string,
    pty: PseudoTtyOptions | undefined,
    onFree: () => void,
  ): Promise<ClientChannel | undefined> {
    this.#channels++;
    const free = (): void => {
      this.#channels--;
      onFree();
    };
    try {
      const opened = new Promise<ClientChannel>((resolve, reject) => {
        const take = (error: Error | undefined, opened: ClientChannel): void =>
          error ? reject(error) : resolve(opened);
        if (pty) this.#client.exec(command, { pty }, take);
        else this.#client.exec(command, take);
      });
      const ended = this.ended.then((reason) => {
        throw reason ?? new Error("The connection has ended.");
      });
      const channel = await Promise.race([opened, ended]);
      channel.once("close", free);
      return channel;
    } catch (error) {
      free();
      if (!/open failure/i.test((error as Error).message)) {
        // That a connection has ended is told a moment later than that its channel has.
        await Promise.race([this.ended, delay(endingMs, undefined, { ref: false })]);
        throw error;
      }
      // The server's MaxSessions is lower than usual.
      this.#most = Math.max(1, this.#channels);
      return undefined;
    }
  }

  close(): void {
    this.#client.end();
    this.#client.destroy();
  }
}

function methodsOf({ username, password, privateKey }: SshAccess): AnyAuthMethod[] {
  const methods: AnyAuthMethod[] = [];
  if (privateKey !== undefined) methods.push({ type: "publickey", username, key: privateKey });
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    // macOS asks for passwords this way.
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    });
  }
  return methods.length > 0 ? methods : [{ type: "none", username }];
}

function socketFailure(socket: Socket): SshFailure {
  return socket.errored ?? new Error("The guest closed the connection.");
}
