import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import { constants } from "node:os";
import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import type { Pipes } from "./pipes.js";
import { findProgram } from "./program.js";
import type { AgentGeneration, Command, ExecRequest, ExecResponse } from "./protocol.js";
import { Terminal } from "./terminal.js";

const CHUNK_BYTES = 4096;
const CANNOT_START = 125;
const END_OF_TRANSMISSION = Buffer.from([4]);

type Call = ServerDuplexStream<ExecRequest, ExecResponse>;

/** One command, from the first message of its call to the last. */
export class Execution {
  readonly id = randomUUID();
  private child: ChildProcess | undefined;
  private terminal: Terminal | undefined;
  private stdin: Socket | undefined;
  private stdinOver = false;
  private first = true;
  private over = false;

  constructor(
    private readonly call: Call,
    private readonly generation: AgentGeneration,
    private readonly pipes: Pipes,
    private readonly ended: () => void,
  ) {
    call.on("data", (request) => this.receive(request));
    call.on("end", () => {
      if (this.generation === "new") this.closeStdin();
    });
    call.on("cancelled", () => this.abandon());
    call.on("error", () => this.abandon());
  }

  /** Later agents give each command a group of its own, and mean the whole of it. */
  kill(signal: NodeJS.Signals): void {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(this.generation === "new" ? -pid : pid, signal);
    } catch (error) {
      // Ended already, or the command has become another user's.
      if (
        !(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))
      ) {
        throw error;
      }
    }
  }

  private abandon(): void {
    if (this.over) return;
    this.kill("SIGKILL");
    this.finish();
  }

  private receive(request: ExecRequest): void {
    // What is still read of a call that was cancelled starts nothing: its context is over.
    if (this.over) return;
    if (this.first) {
      this.first = false;
      if (request.type === "command") this.start(request.command);
      else this.fail("first exec request should describe a command to execute");
    } else if (request.type === "standard_input") {
      this.input(request.standard_input.data);
    } else if (request.type === "terminal_resize") {
      this.terminal?.resize(request.terminal_resize);
    }
  }

  private start(command: Command): void {
    if (command.detach && (command.interactive || command.tty)) {
      this.fail("detach cannot be used with interactive or tty");
      return;
    }
    const program = findProgram(command.name, command.workdir);
    if ("failure" in program) {
      this.cannotStart(program.failure);
      return;
    }
    // Taking another user's identity is root's, and the agent is not root.
    if (command.user && command.user !== process.env.USER && this.generation === "new") {
      this.cannotStart(`fork/exec ${command.name}: operation not permitted`);
      return;
    }
    const options = {
      argv0: command.name,
      cwd: command.workdir || undefined,
      env: { ...process.env, ...command.env },
      detached: this.generation === "new" || command.detach,
    };
    if (command.detach) this.startDetached(command, program.path, options);
    else if (command.tty) this.startInTerminal(command, program.path, options);
    else this.startWithPipes(command, program.path, options);
  }

  private startDetached(command: Command, path: string, options: object): void {
    const child = this.launch(command, () => spawn(path, command.args, { ...options, stdio: "ignore" }));
    if (child === undefined) return;
    child.on("error", (error) => this.cannotStart(error.message));
    child.unref();
    if (this.generation === "new") this.call.write({ started: { exec_id: "" } });
    this.exit(0);
  }

  private startInTerminal(command: Command, path: string, options: object): void {
    const [input, output] = [this.pipes.toWrite(), this.pipes.toRead()];
    const terminal = new Terminal(command.terminal_size ?? undefined);
    this.terminal = terminal;
    this.openStdin(input.writeEnd);
    const outputs = [this.forward(output.readEnd, (data) => ({ standard_output: { data } }))];
    const spawned = () => {
      const child = terminal.spawn(path, command, options);
      terminal.copy(input, output);
      return child;
    };
    const child = this.launch(command, spawned, [input.readEnd, output.writeEnd]);
    if (child) this.follow(child, outputs);
  }

  private startWithPipes(command: Command, path: string, options: object): void {
    const input = command.interactive ? this.pipes.toWrite() : undefined;
    const [output, errors] = [this.pipes.toRead(), this.pipes.toRead()];
    if (input !== undefined) this.openStdin(input.writeEnd);
    const outputs = [
      this.forward(output.readEnd, (data) => ({ standard_output: { data } })),
      this.forward(errors.readEnd, (data) => ({ standard_error: { data } })),
    ];
    const stdio = [input?.readEnd ?? ("ignore" as const), output.writeEnd, errors.writeEnd];
    const spawned = () => spawn(path, [...command.args], { ...options, stdio });
    const child = this.launch(command, spawned, [
      output.writeEnd,
      errors.writeEnd,
      ...(input === undefined ? [] : [input.readEnd]),
    ]);
    if (child) this.follow(child, outputs);
  }

  /** Starts a program and closes its ends of the pipes; undefined where it could not be started. */
  private launch(
    { name }: Command,
    start: () => ChildProcess,
    ends: readonly number[] = [],
  ): ChildProcess | undefined {
    try {
      return start();
    } catch (error) {
      const tooLong = error instanceof Error && "code" in error && error.code === "E2BIG";
      this.cannotStart(`fork/exec ${name}: ${tooLong ? "argument list too long" : String(error)}`);
      return undefined;
    } finally {
      for (const end of ends) closeSync(end);
    }
  }

  private follow(child: ChildProcess, outputs: readonly Promise<void>[]): void {
    this.child = child;
    if (child.pid !== undefined && this.generation === "new") {
      this.call.write({ started: { exec_id: this.id } });
    }
    this.tellEnd(child, outputs).catch((error) => this.cannotStart(String(error)));
  }

  private openStdin(descriptor: number): void {
    this.stdin = new Socket({ fd: descriptor, readable: false, writable: true });
    this.stdin.on("error", () => this.stdinFailed());
  }

  private async tellEnd(child: ChildProcess, outputs: readonly Promise<void>[]): Promise<void> {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    // Whoever inherited the outputs keeps the call open.
    await Promise.all(outputs);
    if (signal === null) this.exit(code ?? -1);
    else this.exit(this.generation === "new" ? 128 + constants.signals[signal] : -1);
  }

  private async forward(descriptor: number, message: (data: Buffer) => ExecResponse): Promise<void> {
    const source = new Socket({ fd: descriptor, readable: true, writable: false });
    source.on("data", (data: Buffer) => {
      let flowing = true;
      for (let start = 0; start < data.length; start += CHUNK_BYTES) {
        flowing = this.call.write(message(data.subarray(start, start + CHUNK_BYTES)));
      }
      if (flowing || this.over) return;
      source.pause();
      this.call.once("drain", () => source.resume());
    });
    await once(source, "close");
  }

  private input(data: Buffer): void {
    if (data.length === 0) {
      this.closeStdin();
      return;
    }
    const { stdin } = this;
    if (stdin === undefined || this.stdinOver || stdin.destroyed || stdin.write(data)) return;
    this.call.pause();
    stdin.once("drain", () => this.call.resume());
  }

  private closeStdin(): void {
    if (this.stdinOver) return;
    this.stdinOver = true;
    if (this.terminal) this.stdin?.write(END_OF_TRANSMISSION);
    else this.stdin?.end();
  }

  private stdinFailed(): void {
    this.stdinOver = true;
    this.stdin?.destroy();
    this.call.resume();
    if (this.generation === "old" || this.over || this.terminal) return;
    this.kill("SIGKILL");
    this.fail("write |1: broken pipe");
  }

  private cannotStart(details: string): void {
    if (this.generation === "new") this.exit(CANNOT_START);
    else this.fail(details);
  }

  private exit(code: number): void {
    if (this.over) return;
    this.call.write({ exit: { code } });
    this.finish();
    this.call.end();
  }

  private fail(details: string): void {
    if (this.over) return;
    this.finish();
    this.call.emit("error", { code: status.UNKNOWN, details });
  }

  private finish(): void {
    this.over = true;
    this.stdin?.destroy();
    this.terminal?.[Symbol.dispose]();
    this.ended();
  }
}
