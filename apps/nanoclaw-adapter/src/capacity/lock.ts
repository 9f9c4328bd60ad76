import { randomUUID } from "node:crypto";
import { readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import { type Owner, pause, thisOwner } from "@nanoclaw/sandbox/adapter";
import { hasEnded } from "./holder.js";
import { inState, isCode } from "./state-failure.js";
import { isOwner } from "./ticket.js";

/** Longest pause between two tries, in milliseconds. The lock is held for a few file operations. */
const MOST_PAUSE_MS = 20;

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
   * @throws the signal's reason.
   */
  async alone<T>(signal: AbortSignal, work: () => T): Promise<T> {
    const release = await this.#acquire("lock", signal);
    try {
      return work();
    } finally {
      release();
    }
  }

  /** Who holds the lock now, for messages. */
  holder(): Owner | undefined {
    return parse(this.#read("lock"))?.owner;
  }

  async #acquire(name: string, signal: AbortSignal): Promise<() => void> {
    const own = JSON.stringify({ id: randomUUID(), owner: await thisOwner() });
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, MOST_PAUSE_MS)) {
      signal.throwIfAborted();
      if (this.#make(name, own)) return () => this.#remove(name);
      const content = this.#read(name);
      if (content === undefined) continue;
      const held = parse(content);
      if (held && !(await hasEnded(held.owner))) await pause(waitMs * Math.random(), signal);
      else await this.#break(name, content, held?.id ?? `damaged-${name}`, signal);
    }
  }

  async #break(name: string, content: string, id: string, signal: AbortSignal): Promise<void> {
    const release = await this.#acquire(id, signal);
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
