/** Starts of containers and of processes in them, one at a time over all (apple-container.md §0 rule 13). */
export class StartLock {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs the action when all before it have ended, well or not. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const own = this.last.then(action, action);
    this.last = own.catch(() => undefined);
    return own;
  }
}
