import type { Sandbox, SandboxProcess } from "@nanoclaw/sandbox";

/** The end of a run from outside: `docker stop`, a signal to this process, the death of the one that started it. */
export class RunStop {
  readonly #opening = new AbortController();
  #sandbox: Sandbox | undefined;
  #child: SandboxProcess | undefined;
  #childEnded = false;
  /** Set once somebody wants the end: the signal that stands for it. */
  reason: NodeJS.Signals | undefined;

  /** A limit of the policy's has passed. */
  timedOut = false;

  /** Aborted when the run is to end before its command was started. */
  get opening(): AbortSignal {
    return this.#opening.signal;
  }

  /** From here on the sandbox is there to be ended. */
  opened(sandbox: Sandbox): void {
    this.#sandbox = sandbox;
    if (this.reason !== undefined) void this.#destroy();
  }

  started(child: SandboxProcess, ended: Promise<unknown>): void {
    this.#child = child;
    const over = () => {
      this.#childEnded = true;
    };
    ended.then(over, over);
  }

  /** Passed on to the command, as Docker does. Before there is one, it ends the run. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child !== undefined) {
      // A command that has just ended does not hear it.
      this.#child.kill(signal).catch(() => undefined);
    } else {
      this.reason ??= signal;
      this.#opening.abort();
      void this.#destroy();
    }
  }

  /** SIGTERM, some time, and SIGKILL for the command alone: its sandbox may be kept to be looked into. */
  async timeOut(graceMs: number): Promise<void> {
    this.timedOut = true;
    if (await this.#terminate(graceMs)) return;
    await this.#child?.kill("SIGKILL").catch(() => this.#destroy());
  }

  /** SIGTERM, some time, and then the end of the sandbox with all that is in it. */
  now(graceMs: number): void {
    this.reason ??= "SIGKILL";
    this.#opening.abort();
    void this.#end(graceMs);
  }

  async #end(graceMs: number): Promise<void> {
    // The run goes on to its own end.
    if (graceMs > 0 && (await this.#terminate(graceMs))) return;
    await this.#destroy();
  }

  /** Whether the command has ended by itself. */
  async #terminate(graceMs: number): Promise<boolean> {
    if (this.#child === undefined) return false;
    await this.#child.kill("SIGTERM").catch(() => undefined);
    const deadline = performance.now() + graceMs;
    while (!this.#childEnded && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return this.#childEnded;
  }

  /** A failure is told by the run, which destroys it once more. */
  async #destroy(): Promise<void> {
    await this.#sandbox?.destroy().catch(() => undefined);
  }
}
