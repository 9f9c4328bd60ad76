/** What signals ask of `tart run`. SIGTERM and SIGHUP keep their meaning: the process dies, and its guest with it. */
export class RunSignals implements Disposable {
  private readonly interruption = new AbortController();
  private readonly onStop = () => this.interruption.abort(new Stopped());
  private readonly onSuspend = () => this.suspend?.();
  private readonly onShutdown = () => this.shutdown?.();
  private suspend: (() => void) | undefined;
  private shutdown: (() => void) | undefined;
  /** Settles when the machine is to be saved. */
  readonly suspended = new Promise<"suspend">((resolve) => {
    this.suspend = () => resolve("suspend");
  });

  constructor() {
    process.on("SIGINT", this.onStop);
    process.on("SIGUSR1", this.onSuspend);
    process.on("SIGUSR2", this.onShutdown);
  }

  /** Aborted when the machine is to stop. */
  get stop(): AbortSignal {
    return this.interruption.signal;
  }

  /** Calls this whenever the guest's system is asked to end. */
  onShutdownRequest(shutdown: () => void): void {
    this.shutdown = shutdown;
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.onStop);
    process.off("SIGUSR1", this.onSuspend);
    process.off("SIGUSR2", this.onShutdown);
  }
}

/** The reason of an abort by SIGINT. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}
