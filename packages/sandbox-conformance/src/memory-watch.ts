/** Watches how far this process's memory grows while something runs. */
export class MemoryWatch implements Disposable {
  readonly #before: number;
  readonly #timer: NodeJS.Timeout;
  #peak: number;

  constructor() {
    this.#before = process.memoryUsage.rss();
    this.#peak = this.#before;
    this.#timer = setInterval(() => this.#look(), 10);
  }

  /** The largest growth until now, in MiB. */
  get grownMiB(): number {
    this.#look();
    return (this.#peak - this.#before) / 2 ** 20;
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
