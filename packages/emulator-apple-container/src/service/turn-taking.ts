/** Lets actions have their turn one after another. */
export class TurnTaking {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs the action when all before it have ended, well or not. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const own = this.last.then(action, action);
    this.last = own.catch(() => undefined);
    return own;
  }
}
