import { execFile, execFileSync } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const MADE_AT_ONCE = 256;

/** The two ends of a pipe, as descriptors. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/**
 * Pipes for programs to write to and read from. Node gives its children sockets, which cannot be opened anew by
 * `/dev/stdout`; a named pipe whose name is gone is a pipe like any other.
 */
export class Pipes {
  private readonly ready: string[] = [];
  private made = 0;
  private refilling = false;

  constructor(private readonly directory: string) {}

  /** For a program's output: reading does not wait, so that Node can do it; writing does. */
  toRead(): Pipe {
    const path = this.take();
    const readEnd = openSync(path, O_RDONLY | O_NONBLOCK);
    const writeEnd = openSync(path, O_WRONLY);
    unlinkSync(path);
    return { readEnd, writeEnd };
  }

  /** For a program's input. */
  toWrite(): Pipe {
    const path = this.take();
    // Only with a reader there can the other end be opened without waiting, and the program's must be one that waits.
    const first = openSync(path, O_RDONLY | O_NONBLOCK);
    const writeEnd = openSync(path, O_WRONLY | O_NONBLOCK);
    const readEnd = openSync(path, O_RDONLY);
    closeSync(first);
    unlinkSync(path);
    return { readEnd, writeEnd };
  }

  /** Makes names ahead of need: a command must not wait for the program that makes them. */
  refill(): void {
    if (this.refilling || this.ready.length >= MADE_AT_ONCE) return;
    const names = this.newNames();
    this.refilling = true;
    execFile(...mkfifo(names), (error) => {
      this.refilling = false;
      if (error) throw error;
      this.ready.push(...names);
    });
  }

  private take(): string {
    if (this.ready.length === 0) {
      const names = this.newNames();
      execFileSync(...mkfifo(names));
      this.ready.push(...names);
    }
    this.refill();
    return this.ready.pop() ?? "";
  }

  private newNames(): string[] {
    return Array.from({ length: MADE_AT_ONCE }, () => {
      this.made++;
      return join(this.directory, `pipe-${this.made}`);
    });
  }
}

function mkfifo(names: readonly string[]): [string, string[]] {
  return ["mkfifo", ["-m", "600", ...names]];
}
