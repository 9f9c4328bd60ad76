import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const MADE_AT_ONCE = 64;

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

  private take(): string {
    if (this.ready.length === 0) {
      for (let count = 0; count < MADE_AT_ONCE; count++) {
        this.made++;
        this.ready.push(join(this.directory, `pipe-${this.made}`));
      }
      execFileSync("mkfifo", ["-m", "600", ...this.ready]);
    }
    return this.ready.pop() ?? "";
  }
}
