import type { ClientProcess } from "./client-process.js";
import { settlesWithin } from "./settles-within.js";

/** How long a start that was given up may take to end by itself before that is left to `end`, in milliseconds. */
const callerPatienceMs = 1_000;
/** How long `end` waits for it before it cuts it off, in milliseconds. */
const removalPatienceMs = 3_000;

/**
 * Starts that were given up while the service worked on them. It goes on without its client, so nobody would know
 * then what it has made. The leash ends them better: the guest begins, finds the end of its input, and ends.
 */
export class UnfinishedStarts {
  readonly #clients = new Map<string, ClientProcess>();

  /** Returns when it has ended, or after a moment. */
  async giveUp(id: string, client: ClientProcess): Promise<void> {
    client.stdin.destroy();
    this.#clients.set(id, client);
    if (await settlesWithin(client.ended, callerPatienceMs)) this.#clients.delete(id);
  }

  /** Returns when no start of this sandbox is under way: it has ended, or its client was killed. */
  async end(id: string): Promise<void> {
    const client = this.#clients.get(id);
    if (!client) return;
    await settlesWithin(client.ended, removalPatienceMs);
    client.disconnect();
    this.#clients.delete(id);
  }
}
