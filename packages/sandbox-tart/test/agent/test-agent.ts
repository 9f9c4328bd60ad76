import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, mkdtemp, open as openFile, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { decodeRequest, type Request, responses } from "./wire.js";

export interface TestAgentOptions {
  readonly generation: "old" | "new";
  /** Instead of this program's own environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Closes connections that were idle for so long, as later agents do. */
  readonly idleMs?: number;
}

type Call = ServerDuplexStream<Request, Buffer>;

/** A guest agent on a unix socket whose guest is this host. It has no terminals. */
export class TestAgent {
  readonly socket: string;
  readonly #directory: string;
  readonly #options: TestAgentOptions;
  readonly #children = new Set<ChildProcess>();
  readonly #fed = new WeakSet<object>();
  #server: Server | undefined;
  #held: FileHandle | undefined;

  private constructor(directory: string, options: TestAgentOptions) {
    this.#directory = directory;
    this.#options = options;
    this.socket = join(directory, "control.sock");
  }

  static async start(options: TestAgentOptions): Promise<TestAgent> {
    const agent = await TestAgent.prepare(options);
    await agent.listen();
    return agent;
  }

  /** One that does not listen yet, in a directory with a name of this length at least. */
  static async prepare(options: TestAgentOptions, nameLength = 0): Promise<TestAgent> {
    return new TestAgent(await mkdtemp(join(tmpdir(), "agent-".padEnd(nameLength, "x"))), options);
  }

  async listen(): Promise<void> {
    const { idleMs } = this.#options;
    const server = new Server(idleMs === undefined ? {} : { "grpc.max_connection_idle_ms": idleMs });
    const exec = {
      path: "/Agent/Exec",
      requestStream: true,
      responseStream: true,
      requestSerialize: () => Buffer.alloc(0),
      requestDeserialize: decodeRequest,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    } as const;
    server.addService({ exec }, { exec: (call: Call) => this.#exec(call) });
    const bindable = await this.#bindable();
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(`unix:${bindable}`, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    this.#server = server;
  }

  /** How many of the processes that it has started itself still run. */
  get runningCount(): number {
    return [...this.#children].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .length;
  }

  /** The processes that run and have got no input yet. */
  get waiting(): number[] {
    const waiting = [...this.#children].filter(({ stdin }) => stdin?.writable && !this.#fed.has(stdin));
    return waiting.map(({ pid }) => pid ?? 0);
  }

  /** As when the machine ends: connections break, processes are gone. */
  stop(): void {
    this.#server?.forceShutdown();
    for (const child of this.#children) child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#held?.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Through /proc, where the path of a directory is short. */
  async #bindable(): Promise<string> {
    if (this.socket.length < 100) return this.socket;
    this.#held ??= await openFile(this.#directory);
    return `/proc/self/fd/${this.#held.fd}/control.sock`;
  }

  #exec(call: Call): void {
    let child: ChildProcess | undefined;
    call.on("error", () => undefined);
    call.on("data", (request: Request) => {
      // What is still read of a call that was cancelled starts nothing: Go's contexts see to that in the agent.
      if (call.cancelled) return;
      if ("command" in request) child = this.#start(call, request);
      else if ("input" in request && child) this.#input(call, child, request.input);
    });
    call.on("cancelled", () => {
      if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
      this.#kill(child);
    });
    call.on("end", () => {
      if (this.#options.generation === "new") child?.stdin?.end();
    });
  }

  #kill(child: ChildProcess): void {
    try {
      process.kill(this.#options.generation === "new" ? -(child.pid ?? 0) : (child.pid ?? 0), "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  #start(call: Call, { command }: Extract<Request, { command: unknown }>): ChildProcess {
    const { generation } = this.#options;
    const child = spawn(command.name, command.args, {
      stdio: [command.interactive ? "pipe" : "ignore", "pipe", "pipe"],
      ...(this.#options.env ? { env: this.#options.env } : {}),
      // A session of its own is as near as Node comes to a process group of its own.
      detached: generation === "new",
    });
    this.#children.add(child);
    child.on("spawn", () => generation === "new" && call.write(responses.started(`${child.pid}`)));
    child.on("error", (error) => {
      if (generation === "old")
        call.emit("error", { code: status.UNKNOWN, details: `exec: ${error.message}` });
      else {
        call.write(responses.exit(125));
        call.end();
      }
    });
    child.stdin?.on("error", () => generation === "new" && this.#kill(child));
    const cancelled = once(call, "cancelled");
    call.setMaxListeners(0);
    const carry = async (stream: "stdout" | "stderr"): Promise<void> => {
      for await (const chunk of child[stream] ?? []) {
        for (let at = 0; at < chunk.length; at += 4096) {
          if (call.cancelled) return;
          if (!call.write(responses[stream](chunk.subarray(at, at + 4096)))) {
            await Promise.race([once(call, "drain"), cancelled]);
          }
        }
      }
    };
    const ended = once(child, "exit");
    void Promise.all([carry("stdout"), carry("stderr")])
      .then(async () => {
        const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
        const ofSignal = generation === "old" ? -1 : 128 + (signal ? constants.signals[signal] : 0);
        call.write(responses.exit(code ?? ofSignal));
        call.end();
      })
      .finally(() => this.#children.delete(child));
    return child;
  }

  #input(call: Call, child: ChildProcess, data: Buffer): void {
    const stdin = child.stdin;
    if (!stdin || stdin.destroyed) return;
    this.#fed.add(stdin);
    if (data.length === 0) stdin.end();
    else if (!stdin.write(data)) {
      call.pause();
      const go = (): void => void call.resume();
      stdin.once("drain", go);
      stdin.once("close", go);
    }
  }
}
