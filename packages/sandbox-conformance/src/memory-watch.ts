import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How far the owner's living memory may grow on any amount of data, in MiB. The promise is 64 of all memory. */
const flatMiB = 48;

/** Between two looks, in milliseconds: each costs a full collection, which must not slow down what is watched. */
const lookMs = 100;
const restFactor = 8;

let collect: (() => void) | undefined;

/** Collects garbage, which Node offers to programs that ask for it by a flag of V8. */
function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}

/**
 * Watches how far this process's memory grows while something runs: what is alive, garbage left out, so that
 * the answer does not depend on when V8 cares to collect.
 */
export class MemoryWatch implements Disposable {
  /** The least that was alive: what others have left to be collected is no allowance. */
  #least: number;
  #timer: NodeJS.Timeout | undefined;
  #grown = 0;

  constructor() {
    this.#least = aliveBytes();
    this.#next(lookMs);
  }

  /** The largest growth until now, in MiB. */
  get grownMiB(): number {
    this.#look();
    return this.#grown / 2 ** 20;
  }

  /** Fails when memory has grown with the amount of data. */
  mustBeFlat(): void {
    const grown = this.grownMiB;
    if (grown > flatMiB) {
      throw new Error(`Memory grew by ${grown.toFixed(0)} MiB where ${flatMiB} are the most.`);
    }
  }

  #next(afterMs: number): void {
    this.#timer = setTimeout(() => {
      const started = performance.now();
      this.#look();
      this.#next(Math.max(lookMs, restFactor * (performance.now() - started)));
    }, afterMs);
  }

  #look(): void {
    const alive = aliveBytes();
    this.#least = Math.min(this.#least, alive);
    this.#grown = Math.max(this.#grown, alive - this.#least);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

function aliveBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
