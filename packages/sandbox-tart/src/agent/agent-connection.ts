import { Client, connectivityState, credentials } from "@grpc/grpc-js";
import { type ShortSocket, shortSocket, socketAppears } from "./short-socket.js";

/**
 * A client that goes away before `tart run` has accepted it can end the control socket for good (Tart issue 1346).
 * So one connection is made and held, the next attempt is a second away at least, and none is given up
 * before that.
 */
const patienceMs = 1_000;
/** grpc-js varies it by a fifth either way. */
const backoffMs = 1_250;

/** The one connection to a virtual machine's guest agent. */
export class AgentConnection {
  readonly client: Client;
  readonly #socket: ShortSocket;
  #attemptedAt = performance.now();

  private constructor(socket: ShortSocket) {
    this.#socket = socket;
    this.client = new Client(`unix:${socket.path}`, credentials.createInsecure(), {
      "grpc.initial_reconnect_backoff_ms": backoffMs,
      "grpc.max_reconnect_backoff_ms": 2 * backoffMs,
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_http_proxy": 0,
      "grpc.enable_retries": 0,
      "grpc.default_authority": "localhost",
      "grpc-node.flow_control_window": windowBytes,
    });
  }

  /** Waits for the socket and for the agent behind it to answer. */
  static async open(path: string, signal: AbortSignal): Promise<AgentConnection> {
    await socketAppears(path, signal);
    const connection = new AgentConnection(await shortSocket(path));
    try {
      await connection.ready(signal);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  get isReady(): boolean {
    return this.client.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  /** The agent has answered on this connection or on a new one. Connects if need be. */
  async ready(signal: AbortSignal): Promise<void> {
    const channel = this.client.getChannel();
    if (channel.getConnectivityState(false) === connectivityState.READY) return;
    this.#attemptedAt = performance.now();
    for (;;) {
      signal.throwIfAborted();
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
        channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => resolve());
      });
    }
  }

  /** Returns at once. A connection that is being made is left alone until it has had its time. */
  async close(): Promise<void> {
    const patience = this.isReady ? 0 : this.#attemptedAt + patienceMs - performance.now();
    if (patience > 0) setTimeout(() => this.client.close(), patience).unref();
    else this.client.close();
    await this.#socket.remove();
  }
}

/** Of output on its way, for each command. The guest waits when nobody reads. */
const windowBytes = 256 * 1024;
