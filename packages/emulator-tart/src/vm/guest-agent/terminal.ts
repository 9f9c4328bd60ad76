import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import type { Pipe } from "./pipes.js";
import type { Command, TerminalSize } from "./protocol.js";

const SCRIPT = join(__dirname, "terminal.pl");

/**
 * A pseudo terminal. Node has no call that sets one up, and loses the last of what comes from it; a script in Perl does
 * both.
 */
export class Terminal implements Disposable {
  private readonly descriptor = openSync("/dev/ptmx", constants.O_RDWR | constants.O_NOCTTY);
  private closed = false;

  constructor(private readonly size: TerminalSize = { rows: 24, cols: 80 }) {}

  spawn(path: string, command: Command, options: object): ChildProcess {
    const { rows, cols } = this.size;
    return spawn(
      "/usr/bin/perl",
      [SCRIPT, "run", `${rows}`, `${cols}`, path, command.name, ...command.args],
      {
        ...options,
        argv0: "perl",
        stdio: ["ignore", "ignore", "inherit", this.descriptor],
      },
    );
  }

  /** Copies between the terminal, on which a program must have been started, and these pipes. */
  copy(input: Pipe, output: Pipe): void {
    this.script(["copy"], [input.readEnd, output.writeEnd]);
  }

  /** The kernel tells the programs in the foreground of it. */
  resize({ rows, cols }: TerminalSize): void {
    if (!this.closed) this.script(["resize", `${rows}`, `${cols}`], ["ignore", "ignore"]);
  }

  [Symbol.dispose](): void {
    if (!this.closed) closeSync(this.descriptor);
    this.closed = true;
  }

  private script(args: readonly string[], [stdin, stdout]: [number | "ignore", number | "ignore"]): void {
    spawn("/usr/bin/perl", [SCRIPT, ...args], { stdio: [stdin, stdout, "inherit", this.descriptor] });
  }
}
