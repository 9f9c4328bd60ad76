import { Client, connectivityState, credentials, type ServiceError } from "@grpc/grpc-js";
import { abortable } from "@nanoclaw/sandbox/adapter";
import { agentGone } from "./failures.js";
import { type ShortSocket, shortSocket, socketAppears } from "./short-socket.js";

/**
 * A client that goes away before `tart run` has accepted it can end the control socket for good (Tart issue 1346).
 * So one connection is made and held, the next attempt is a second away at least, and none is given up
 * before that.
 */
const patienceMs = 1_000;
/** grpc-js varies it by a fifth either way. */
const backoffMs = 1_250;
/** How often a connection that does not come is looked at, in milliseconds. */
const lookMs = 500;
/**
 * Who has been refused for so long has been three times, in milliseconds. `tart run` accepts as long as its control
 * socket lives, whether there is an agent or not. Once may happen: macOS refuses as well while too many are waiting.
 */
const refusedMs = 4_000;

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

  /**
   * The agent has answered on this connection or on a new one. Connects if need be.
   *
   * @throws SandboxError `sandbox_lost` when the control socket is dead for good (Tart issue 1346).
   */
  async ready(signal: AbortSignal): Promise<void> {
    const channel = this.client.getChannel();
    if (channel.getConnectivityState(false) === connectivityState.READY) return;
    this.#attemptedAt = performance.now();
    let refusedSince: number | undefined;
    for (;;) {
      signal.throwIfAborted();
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      if (state === connectivityState.TRANSIENT_FAILURE && (await this.#isRefused())) {
        refusedSince ??= performance.now();
        if (performance.now() - refusedSince > refusedMs) throw agentGone();
      } else refusedSince = undefined;
      const changed = new Promise<void>((resolve) => {
        channel.watchConnectivityState(state, Date.now() + lookMs, () => resolve());
      });
      await abortable(changed, signal);
    }
  }

  /**
   * Whether nobody takes connections at the socket, as opposed to one that is taken and closed for want of an agent.
   * A call that does not wait tells why there is no connection, and makes none of its own.
   */
  async #isRefused(): Promise<boolean> {
    const failure = await new Promise<ServiceError | null>((resolve) => {
      const nothing = (): Buffer => Buffer.alloc(0);
      const soon = { deadline: Date.now() + patienceMs };
      this.client.makeUnaryRequest("/Agent/ResolveIP", nothing, nothing, undefined, soon, resolve);
    });
    return /connect (ECONNREFUSED|ENOENT)/.test(failure?.details ?? "");
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
