import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  type ArchiveTransfer,
  type CallContext,
  type OpenedPort,
  type ProcessSpec,
  type RawProcess,
  type SandboxDriver,
  SandboxError,
  type SandboxStats,
  type TerminalSize,
  TimeLimit,
} from "@nanoclaw/sandbox/adapter";
import { DockerArchive } from "./archive.js";
import { ConnectedProcess } from "./connection.js";
import { execEnding } from "./endings.js";
import { type Engine, statusOf } from "./engine.js";
import { KillCounter } from "./memory.js";
import type { Settings } from "./options.js";
import { removeContainer } from "./removal.js";
import { statsOf } from "./stats.js";

const resizeTimeoutMs = 10_000;
const killTimeoutMs = 30_000;

/** One container. */
export class DockerDriver implements SandboxDriver {
  readonly id: string;
  readonly main?: ConnectedProcess;
  readonly archive?: ArchiveTransfer;
  readonly outOfMemoryKills?: (context: CallContext) => Promise<number>;
  readonly #engine: Engine;
  readonly #settings: Settings;
  /** Aborted with the reason when this process has nothing more to do with the container. */
  readonly #ended: AbortController;
  readonly #connected = new Set<ConnectedProcess>();

  constructor(
    id: string,
    engine: Engine,
    settings: Settings,
    { main, ended = new AbortController() }: { main?: ConnectedProcess; ended?: AbortController } = {},
  ) {
    this.id = id;
    this.#engine = engine;
    this.#settings = settings;
    this.#ended = ended;
    if (main) {
      this.#connected.add(main);
      if (settings.commands === "shell") this.main = main;
      else void discardOutput(main);
    }
    // With a file system in memory over /tmp the engine would see another one than the guest does.
    if (!settings.readOnlyRootfs) this.archive = new DockerArchive(id, engine);
    if (settings.commands === "shell") {
      const counter = new KillCounter(settings.shell ?? "/bin/sh", (argv, signal) =>
        this.#exec({ argv }, signal),
      );
      this.outOfMemoryKills = ({ signal }) => counter.count(signal);
    }
  }

  spawn(spec: ProcessSpec, { signal }: CallContext): Promise<RawProcess> {
    return this.#exec(spec, signal);
  }

  async #exec({ argv, user, cwd, env, tty }: ProcessSpec, signal: AbortSignal): Promise<RawProcess> {
    // What is undefined is not sent.
    const body = {
      Cmd: argv,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty !== undefined,
      DetachKeys: tty && unguessableKeys(),
      Env: Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`),
      User: user,
      WorkingDir: cwd,
    };
    const { Id: id } = await this.#engine.createExec(this.id, body, signal);
    const socket = await this.#engine.startExec(id, tty, signal);
    const process = new ConnectedProcess(socket, {
      tty: tty !== undefined,
      ending: (text) => execEnding(this.#engine, this.id, id, text, this.#ended.signal),
      ...(this.#settings.commands === "engine" && { kill: (name) => this.#endWith(name) }),
      ...(tty && { resize: (size) => resizeExec(this.#engine, id, size, this.#ended.signal) }),
    });
    this.#connected.add(process);
    const forget = () => this.#connected.delete(process);
    process.exited.then(forget, forget);
    if (tty) await resizeExec(this.#engine, id, tty, signal);
    return process;
  }

  async stats({ signal }: CallContext): Promise<SandboxStats> {
    return statsOf(await this.#engine.stats(this.id, signal));
  }

  async openPort(port: number, { signal }: CallContext): Promise<OpenedPort> {
    const { NetworkSettings } = await this.#engine.inspectContainer(this.id, signal);
    const hostPort = NetworkSettings.Ports?.[`${port}/tcp`]?.[0]?.HostPort;
    if (!hostPort) {
      throw new SandboxError("invalid_argument", `Port ${port} was not named when the sandbox was created.`, {
        hint: `Create it with ports: [${port}].`,
      });
    }
    return { host: "127.0.0.1", port: Number(hostPort) };
  }

  async detach(): Promise<void> {
    this.#letGo(new SandboxError("sandbox_lost", "This process has let go of the sandbox."));
  }

  /** No call of the engine ends a single process, and without a shell nothing in the guest can be asked to. */
  async #endWith(name: string): Promise<void> {
    if (name !== "SIGKILL") {
      throw new SandboxError("unsupported", `Without a shell in the image no command can be sent ${name}.`, {
        hint: "Use SIGKILL, which ends the whole sandbox.",
      });
    }
    const reason = new SandboxError(
      "sandbox_lost",
      "The sandbox was destroyed to end a command: its image has no shell that could end one alone.",
    );
    await this.#end(reason, AbortSignal.timeout(killTimeoutMs));
  }

  async destroy({ signal }: CallContext): Promise<void> {
    await this.#end(new SandboxError("sandbox_lost", "The sandbox was destroyed."), signal);
  }

  async #end(reason: SandboxError, signal: AbortSignal): Promise<void> {
    // Nobody asks the engine any more how the processes end. The leash stays until the engine has cut it: a
    // main process that ended by itself would make the engine remove the container beside this.
    this.#ended.abort(reason);
    await removeContainer(this.#engine, this.id, signal);
    this.#letGo(reason);
  }

  #letGo(reason: SandboxError): void {
    this.#ended.abort(reason);
    for (const process of this.#connected) process.disconnect(reason);
  }
}

/**
 * What makes the engine let go of a terminal, which cannot be switched off and is Ctrl-P Ctrl-Q otherwise: a
 * sequence that nobody types. Its first key is a rare one, as the engine waits for the next before it passes it on.
 */
function unguessableKeys(): string {
  return ["ctrl-_", ...randomBytes(12).toString("hex")].join(",");
}

/** The main process of an image without a shell says nothing of interest, and must not stand still for it. */
async function discardOutput(main: RawProcess): Promise<void> {
  try {
    for await (const _ of main.output);
  } catch {
    // Every process of the sandbox tells of its end as well.
  }
}

/** A terminal that was asked for a moment ago may not be there yet, and one whose process has ended no more. */
async function resizeExec(
  engine: Engine,
  id: string,
  size: TerminalSize,
  signal: AbortSignal,
): Promise<void> {
  using limit = new TimeLimit(signal, resizeTimeoutMs);
  for (let waitMs = 5; ; waitMs *= 2) {
    try {
      await engine.resizeExec(id, size, limit.signal);
      return;
    } catch (error) {
      if (statusOf(error) === undefined || waitMs > 1_000) throw error;
      const { Running, ExitCode } = await engine.inspectExec(id, limit.signal);
      if (!Running && ExitCode !== null) return;
      await delay(waitMs, undefined, { signal });
    }
  }
}
