import { type ChildProcess, spawn } from "node:child_process";
import { constants, openSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { ReadStream } from "node:tty";
import type { Command, TerminalSize } from "./protocol.js";

const SCRIPT = join(__dirname, "terminal.pl");

/**
 * A pseudo terminal. Node can hold its side of one but has no call that sets it up: a script in Perl does that and
 * then becomes the program.
 */
export class Terminal {
  readonly socket: Socket;
  private readonly descriptor: number;

  constructor(private readonly size: TerminalSize = { rows: 24, cols: 80 }) {
    this.descriptor = openSync("/dev/ptmx", constants.O_RDWR | constants.O_NOCTTY);
    this.socket = new ReadStream(this.descriptor);
  }

  spawn(path: string, command: Command, options: object): ChildProcess {
    const { rows, cols } = this.size;
    return spawn(
      "/usr/bin/perl",
      [SCRIPT, "run", `${rows}`, `${cols}`, path, command.name, ...command.args],
      {
        ...options,
        argv0: "perl",
        stdio: ["ignore", "ignore", "ignore", this.descriptor],
      },
    );
  }

  /** The kernel tells the programs in the foreground of it. */
  resize({ rows, cols }: TerminalSize): void {
    if (this.socket.destroyed) return;
    spawn("/usr/bin/perl", [SCRIPT, "resize", `${rows}`, `${cols}`], {
      stdio: ["ignore", "ignore", "inherit", this.descriptor],
    });
  }
}
