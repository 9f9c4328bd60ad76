import {
  type CallContext,
  ForwardedPorts,
  type OpenedPort,
  type ProcessSpec,
  type RawProcess,
  type SandboxDriver,
  SandboxError,
} from "@nanoclaw/sandbox/adapter";
import { currentAddress } from "./address.js";
import type { Tart } from "./engine.js";
import type { TartRecord } from "./records.js";
import type { RunProcess } from "./run-process.js";
import type { Transport } from "./transport.js";

export interface TartDriverOptions {
  readonly record: TartRecord;
  readonly tart: Tart;
  readonly run: RunProcess;
  readonly transport: Transport;
  /** Whether commands may take another way when theirs is gone. */
  readonly otherWay: boolean;
  /** Finds a way into the same guest again. */
  connect(context: CallContext): Promise<Transport>;
  /** Ends the sandbox and forgets it. */
  remove(context: CallContext): Promise<void>;
}

/** One virtual machine that runs. */
export class TartDriver implements SandboxDriver {
  readonly id: string;
  readonly #options: TartDriverOptions;
  readonly #ports = new ForwardedPorts();
  #transport: Promise<Transport>;
  #over: SandboxError | undefined;

  constructor(options: TartDriverOptions) {
    this.#options = options;
    this.id = options.record.id;
    this.#transport = Promise.resolve(options.transport);
    this.#watch(options.transport);
    void options.run.lost.then((reason) => {
      this.#over ??= reason;
    });
  }

  async spawn(spec: ProcessSpec, context: CallContext): Promise<RawProcess> {
    const { env, workdir } = this.#options.record;
    const cwd = spec.cwd ?? workdir;
    const whole = { ...spec, env: { ...env, ...spec.env }, ...(cwd === undefined ? {} : { cwd }) };
    const transport = await this.#way(context);
    try {
      return await transport.spawn(whole, context);
    } catch (error) {
      // Nothing has been started by a way that turns out to be gone: another one may take the command.
      const gone = (await Promise.race([transport.lost, undefined])) !== undefined;
      if (!gone || !this.#options.otherWay || context.signal.aborted || this.#over) throw error;
      return await (await this.#way(context)).spawn(whole, context);
    }
  }

  async openPort(port: number, { signal }: CallContext): Promise<OpenedPort> {
    this.#checkAlive();
    const { record, tart } = this.#options;
    if (record.network === "none") {
      throw new SandboxError("unsupported", "No port of a sandbox without network can be reached.", {
        hint: 'Create it with network: "open".',
      });
    }
    return await this.#ports.open(await currentAddress(tart, record.vm, signal), port);
  }

  async detach(): Promise<void> {
    await this.#letGo(new SandboxError("sandbox_lost", "The sandbox was let go."));
  }

  async destroy(context: CallContext): Promise<void> {
    await this.#letGo(new SandboxError("sandbox_lost", "The sandbox was destroyed."));
    await this.#options.remove(context);
  }

  /** The way in that is open, or another one: the agent's may break for good while the guest lives (openai/tart#1346). */
  async #way(context: CallContext): Promise<Transport> {
    this.#checkAlive();
    const current = this.#transport;
    try {
      return await current;
    } catch {
      // Of several callers one finds the new way for all.
      if (this.#transport === current) {
        this.#transport = this.#options.connect(context).then((transport) => {
          this.#watch(transport);
          const message = `The way into the guest was lost. Commands go by ${transport.describe} now.`;
          context.emit({ type: "warning", message });
          return transport;
        });
        this.#transport.catch(() => undefined);
      }
      return await this.#transport;
    }
  }

  #watch(transport: Transport): void {
    void transport.lost.then((reason) => {
      if (this.#over) return;
      this.#transport = Promise.reject(reason);
      this.#transport.catch(() => undefined);
    });
  }

  #checkAlive(): void {
    if (this.#over) throw this.#over.with({ sandboxId: this.id });
  }

  async #letGo(reason: SandboxError): Promise<void> {
    this.#over ??= reason;
    this.#options.run.release();
    await this.#ports.closeAll();
    const transport = await this.#transport.catch(() => undefined);
    await transport?.close();
  }
}
