import { randomUUID } from "node:crypto";
import { readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "@nanoclaw/sandbox";
import { type Owner, thisOwner } from "@nanoclaw/sandbox/adapter";
import { hasEnded } from "./holder.js";
import { lockTimeout } from "./refusal.js";
import { inState, isCode } from "./state-failure.js";
import { isOwner } from "./ticket.js";

/** Between two tries, in milliseconds. The lock is held for a few file operations. */
const MOST_PAUSE_MS = 5;
const PATIENCE_MS = 10_000;

/**
 * One at a time among the processes of a user. Node.js has no call for the kernel's file locks, so that this one is a
 * symbolic link, which comes into being together with its content: who holds it.
 *
 * When a holder has died, only one process may take the lock away, or the second one would take away the first one's
 * new lock. That process is found by a lock of the same kind, whose name has the id of the dead one: whoever gets it
 * looks whether the dead lock is still there, and removes just that. If it dies in between, its lock is broken in the
 * same way.
 */
export class ProcessLock {
  readonly #directory: string;

  /** In a directory that exists and is for locks alone. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Does `work` alone. It cannot wait for anything, so that within a process nobody ever meets the lock held.
   *
   * @throws SandboxError `resource_exhausted` when the same holder does not let go for ten seconds.
   */
  async alone<T>(work: () => T): Promise<T> {
    const release = await this.#acquire("lock");
    try {
      return work();
    } finally {
      release();
    }
  }

  async #acquire(name: string): Promise<() => void> {
    const own = JSON.stringify({ id: randomUUID(), owner: await thisOwner() });
    let seen: string | undefined;
    let seenAt = performance.now();
    for (;;) {
      if (this.#make(name, own)) return () => this.#remove(name);
      const content = this.#read(name);
      if (content === undefined) continue;
      // Many may hold it one after the other; only one and the same holder is too slow.
      if (content !== seen) seenAt = performance.now();
      seen = content;
      const held = parse(content);
      if (!held || (await hasEnded(held.owner)))
        await this.#break(name, content, held?.id ?? `damaged-${name}`);
      else if (performance.now() - seenAt > PATIENCE_MS) throw lockTimeout(held.owner);
      else await delay(1 + Math.random() * MOST_PAUSE_MS);
    }
  }

  async #break(name: string, content: string, id: string): Promise<void> {
    const release = await this.#acquire(id);
    try {
      if (this.#read(name) === content) this.#remove(name);
    } finally {
      release();
    }
  }

  #make(name: string, content: string): boolean {
    return inState(this.#directory, () => {
      try {
        symlinkSync(content, join(this.#directory, name));
        return true;
      } catch (error) {
        if (isCode(error, "EEXIST")) return false;
        throw error;
      }
    });
  }

  #read(name: string): string | undefined {
    try {
      return readlinkSync(join(this.#directory, name));
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      // Something else has this name. Nobody of us made it, and it is not ours to remove.
      if (!isCode(error, "EINVAL")) throw error;
      throw new SandboxError(
        "permission_denied",
        `${join(this.#directory, name)} is no lock of this program.`,
        {
          hint: "Remove it.",
        },
      );
    }
  }

  #remove(name: string): void {
    inState(this.#directory, () => rmSync(join(this.#directory, name), { force: true }));
  }
}

function parse(content = ""): { readonly id: string; readonly owner: Owner } | undefined {
  try {
    const { id, owner } = JSON.parse(content) as Record<string, unknown>;
    return typeof id === "string" && /^[0-9a-f-]{36}$/.test(id) && isOwner(owner) ? { id, owner } : undefined;
  } catch {
    return undefined;
  }
}
