import { EventEmitter } from "node:events";
import { Writable } from "node:stream";

/**
 * What a host of NanoClaw's uses of a `ChildProcess`: nothing more is here (`nanoclaw.md §1.2`). There is no process
 * of the host's behind it, so that it has no pid.
 */
export class AgentHandle extends EventEmitter {
  /** The turn's input has been written and ended: a write is refused, as to any pipe that was ended. */
  readonly stdin: Writable;
  /** Emits `data` as bytes come. Nothing is held for whoever listens later. */
  readonly stdout = new EventEmitter();
  readonly stderr = new EventEmitter();
  readonly pid = undefined;
  killed = false;
  exitCode: number | null = null;
  signalCode: string | null = null;
  readonly #end: () => void;

  constructor(end: () => void) {
    super();
    this.#end = end;
    this.stdin = new Writable({ write: (_chunk, _encoding, done) => done() });
    // A late write must not end the host's program: its callback gets the error.
    this.stdin.on("error", () => undefined);
    this.stdin.end();
  }

  /** Ends the run, whatever the signal: the sandbox with all that is in it. False when it has ended already. */
  kill(_signal?: NodeJS.Signals | number): boolean {
    if (this.killed || this.exitCode !== null || this.signalCode !== null) return false;
    this.killed = true;
    this.#end();
    return true;
  }

  /** Called once, when nothing is left of the run. */
  closed(exitCode: number | null, signal: string | null): void {
    this.exitCode = exitCode;
    this.signalCode = signal;
    this.emit("close", exitCode, signal);
  }

  /** Node ends a program whose emitter has an error and no listener for it. The run's result tells it anyway. */
  failed(error: Error): void {
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }
}
