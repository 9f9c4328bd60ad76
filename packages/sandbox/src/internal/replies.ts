import type { SandboxError } from "../contract/error.js";

interface Waiting {
  resolve(words: string[]): void;
  reject(error: SandboxError): void;
}

/** Questions to a lane that wait for their answers. */
export class Replies {
  readonly #waiting = new Map<number, Waiting>();
  #failure: SandboxError | undefined;

  has(id: number): boolean {
    return this.#waiting.has(id);
  }

  /** Nobody has to look at it: a failure is told elsewhere too. */
  to(id: number): Promise<string[]> {
    const reply = new Promise<string[]>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#waiting.set(id, { resolve, reject });
    });
    reply.catch(() => undefined);
    return reply;
  }

  answer(id: number, words: string[]): void {
    this.#waiting.get(id)?.resolve(words);
    this.#waiting.delete(id);
  }

  /** Nothing will be answered any more. */
  fail(reason: SandboxError): void {
    this.#failure ??= reason;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}
