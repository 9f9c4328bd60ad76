import {
  abortable,
  type CallContext,
  ForwardedPorts,
  type OpenedPort,
  type ProcessSpec,
  type RawProcess,
  type SandboxDriver,
  SandboxError,
  type SandboxStats,
  type TerminalSize,
  TimeLimit,
} from "@nanoclaw/sandbox/adapter";
import { execArguments } from "./arguments.js";
import type { ClientProcess } from "./client-process.js";
import { addressOf } from "./container-list.js";
import type { ContainerCli } from "./engine.js";
import { guestStart, resizeCommand } from "./guest-start.js";
import type { Settings } from "./options.js";
import { statsOf } from "./stats.js";

/** It waits behind containers that are started meanwhile (apple-container.md §0 rule 13), in milliseconds. */
const execStartMs = 60_000;
const resizeMs = 10_000;
/** Two samples two seconds apart (§5.9). */
const statsMs = 20_000;

export interface AppleContainerDriverOptions {
  readonly id: string;
  readonly cli: ContainerCli;
  readonly settings: Settings;
  /** After create: the main process, by the client that is the leash. */
  readonly main?: ClientProcess;
  /** Ends the sandbox. */
  remove(context: CallContext): Promise<void>;
}

/** One container that runs. */
export class AppleContainerDriver implements SandboxDriver {
  readonly id: string;
  readonly main?: ClientProcess;
  readonly #options: AppleContainerDriverOptions;
  readonly #ports = new ForwardedPorts();
  readonly #clients = new Set<ClientProcess>();
  #over: SandboxError | undefined;

  constructor(options: AppleContainerDriverOptions) {
    this.#options = options;
    this.id = options.id;
    if (!options.main) return;
    this.main = options.main;
    this.#hold(options.main);
  }

  async spawn(spec: ProcessSpec, { signal }: CallContext): Promise<RawProcess> {
    this.#checkAlive();
    const { cli, settings } = this.#options;
    const { argv, line } = guestStart(spec, settings.shell);
    const process = await cli.open(
      execArguments(this.id, spec.user, argv),
      {
        command: "exec",
        line,
        tty: spec.tty !== undefined,
        ...(spec.tty && { resize: (terminal, size) => this.#resize(terminal, size, spec.user) }),
      },
      signal,
    );
    this.#hold(process);
    using deadline = new TimeLimit(signal, execStartMs);
    try {
      await abortable(process.started, deadline.signal);
      return process;
    } catch (error) {
      process.disconnect();
      signal.throwIfAborted();
      if (!deadline.passed) throw error;
      cli.gaveNoAnswer();
      throw new SandboxError("engine_unavailable", `container exec started nothing for ${execStartMs} ms.`, {
        hint: "Destroy the sandbox, and look at the engine: container system status",
      });
    }
  }

  async stats({ signal }: CallContext): Promise<SandboxStats> {
    const args = ["stats", "--no-stream", "--format=json", "--", this.id];
    return statsOf(this.id, await this.#options.cli.call(args, { signal, timeoutMs: statsMs }));
  }

  /** By the guest's own address, which published ports would need to be known for at create (§7.1, §7.5). */
  async openPort(port: number, { signal }: CallContext): Promise<OpenedPort> {
    this.#checkAlive();
    const row = await this.#options.cli.find(this.id, signal);
    if (!row) throw new SandboxError("sandbox_lost", "The sandbox has ended.");
    const address = addressOf(row);
    if (address === undefined) {
      throw new SandboxError("unsupported", "No port of a sandbox without network can be reached.", {
        hint: 'Create it with network: "open".',
      });
    }
    return await this.#ports.open(address, port);
  }

  async detach(): Promise<void> {
    await this.#letGo(new SandboxError("sandbox_lost", "The sandbox was let go."));
  }

  /** The leash stays until the engine has cut it: its end would make the service remove the container beside this. */
  async destroy(context: CallContext): Promise<void> {
    const reason = new SandboxError("sandbox_lost", "The sandbox was destroyed.");
    this.#over ??= reason;
    await this.#options.remove(context);
    await this.#letGo(reason);
  }

  async #resize(terminal: string, size: TerminalSize, user: string | undefined): Promise<void> {
    const { cli, settings } = this.#options;
    const args = execArguments(this.id, user, resizeCommand(terminal, size, settings.shell));
    await cli.call(args, { signal: AbortSignal.timeout(resizeMs) });
  }

  #hold(client: ClientProcess): void {
    this.#clients.add(client);
    void client.ended.then(() => this.#clients.delete(client));
  }

  #checkAlive(): void {
    if (this.#over) throw this.#over.with({ sandboxId: this.id });
  }

  async #letGo(reason: SandboxError): Promise<void> {
    this.#over ??= reason;
    for (const client of this.#clients) client.disconnect(reason);
    await this.#ports.closeAll();
  }
}
