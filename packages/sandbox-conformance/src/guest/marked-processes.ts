import { randomInt } from "node:crypto";
import type { Sandbox } from "@nanoclaw/sandbox";
import { becomesTrue } from "../expect.js";

/**
 * A number that tells the processes of one check from all others in the guest and on the host: they are
 * `sleep` with this many seconds. An argument survives what an environment, a session or a parent do not.
 */
export function newMark(): string {
  return String(randomInt(40_000_000, 49_999_999));
}

/** How many marked processes live in the guest. */
export async function living(sandbox: Sandbox, mark: string): Promise<number> {
  // The pattern is written so that it does not find itself.
  const pattern = `[${mark.slice(0, 1)}]${mark.slice(1)}`;
  const { stdout } = await sandbox.exec(
    `if [ -r /proc/self/cmdline ]
    then cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -cx '${pattern}'
    else ps -A -o args= | grep -c 'sleep ${pattern}'
    fi`,
  );
  return Number(stdout);
}

/** Waits until there are this many. */
export async function becomeLiving(sandbox: Sandbox, mark: string, count: number): Promise<void> {
  let seen = -1;
  try {
    await becomesTrue("processes", 10_000, async () => {
      seen = await living(sandbox, mark);
      return seen >= count;
    });
  } catch (error) {
    throw new Error(`The check could not set itself up: ${seen} of ${count} processes came up.`, {
      cause: error,
    });
  }
}

export interface Tree {
  readonly mark: string;
  /** Children in the command's own group and session. */
  readonly plain?: number;
  /** Each in a session of its own, by `setsid`. */
  readonly detached?: number;
  /** Each in a session of its own, with an empty environment, and its parent gone. */
  readonly orphaned?: number;
}

/**
 * Shell code that starts the processes, all of which ignore what can be ignored, says "ready" and waits for
 * ever. "ready" comes before the last of them is up: see `becomeLiving`.
 */
export function treeScript({ mark, plain = 0, detached = 0, orphaned = 0 }: Tree): string {
  const times = (count: number, code: string): string =>
    count === 0 ? "" : `i=0; while [ $i -lt ${count} ]; do ${code}\ni=$((i+1)); done`;
  return [
    "trap '' TERM HUP INT QUIT USR1",
    times(plain, `sleep ${mark} &`),
    times(detached, `setsid sleep ${mark} &`),
    times(orphaned, `( env -i PATH="$PATH" setsid sleep ${mark} </dev/null >/dev/null 2>&1 & )`),
    "echo ready; while :; do wait; sleep 1; done",
  ].join("\n");
}

export function treeSize({ plain = 0, detached = 0, orphaned = 0 }: Tree): number {
  return plain + detached + orphaned;
}

/** The tree that every way of ending a command has to end. */
export function fullTree(mark: string): Tree {
  return { mark, plain: 20, detached: 15, orphaned: 15 };
}
