import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import type { RawProcess } from "@nanoclaw/sandbox/adapter";
import { type Fault, withDriver, withProcess } from "../fault.js";
import { initlessProvider } from "../initless-provider.js";
import { temporaryDirectory } from "../temporary.js";

/** G5: ends that are none. */
export const deadFaults: readonly Fault[] = [
  {
    fault: "ends commands by SIGTERM alone",
    caughtBy: ["G5.kill", "G5.timeout", "G5.timeout-spawned", "G5.abort", "G5.stopped"],
    says: /processes of the tree live|did not settle|5 processes/,
    provider: (base) =>
      withProcess(base, (process) => ({ kill: async () => await process.kill?.("SIGTERM") })),
  },
  {
    fault: "ends the process group of a command alone",
    caughtBy: ["G5.kill-detached", "G5.kill-orphaned"],
    says: /processes of the tree live/,
    provider: (base) => withOwnKill(base, (pid) => signalAll([-pid])),
  },
  {
    fault: "finds a command's processes by their environment alone",
    caughtBy: ["G5.kill-orphaned"],
    says: /processes of the tree live/,
    provider: (base) =>
      withOwnKill(base, (pid) =>
        signalAll(processesWith("environ", (text) => text.includes(`MARKED_BY=${pid}\0`))),
      ),
  },
  {
    fault: "returns from kill before the processes are gone",
    caughtBy: ["G5.kill"],
    says: /processes of the tree live/,
    provider: (base) =>
      withProcess(base, (process) => ({
        kill: async (signal) => void setTimeout(() => void process.kill?.(signal), 500),
      })),
  },
  {
    fault: "looks once for what it has to kill",
    caughtBy: ["G5.breeding"],
    says: /live|came up/,
    provider: (base) =>
      withOwnKill(base, async (pid) => {
        const found = processesWith("environ", (text) => text.includes(`MARKED_BY=${pid}\0`));
        await delay(200);
        signalAll(found);
      }),
  },
  {
    fault: "kills every command of the sandbox with one of them",
    caughtBy: ["G5.only-its-own"],
    says: /kill ended another command/,
    provider: (base) =>
      withDriver(base, (driver) => {
        const all: RawProcess[] = [];
        return {
          spawn: async (spec, call) => {
            const process = await driver.spawn(spec, call);
            all.push(process);
            const kill = async (signal: string): Promise<void> => {
              await Promise.all(all.map((each) => each.kill?.(signal)));
            };
            return { ...process, kill };
          },
        };
      }),
  },
  {
    fault: "fails in kill when the command has ended",
    caughtBy: ["G5.twice"],
    says: /No such process/,
    provider: (base) =>
      withProcess(base, (process) => {
        let over = false;
        process.exited.then(
          () => {
            over = true;
          },
          () => undefined,
        );
        return {
          kill: async (signal) => {
            if (over) throw new Error("No such process");
            await process.kill?.(signal);
          },
        };
      }),
  },
  {
    fault: "takes every signal for SIGKILL",
    caughtBy: ["G5.other-signals", "G6.killed"],
    says: /without saying|SIGKILL/,
    provider: (base) =>
      withProcess(base, (process) => ({ kill: async () => await process.kill?.("SIGKILL") })),
  },
  {
    fault: "has a first process that does not wait for those it inherits",
    caughtBy: ["G5.zombies"],
    says: /zombies/,
    root: true,
    provider: initlessProvider,
  },
];

/** A kill of the fault's own, which is given the process id of the command. */
function withOwnKill(base: SandboxProvider, kill: (pid: number) => void | Promise<void>): SandboxProvider {
  let count = 0;
  return withDriver(base, (driver) => ({
    spawn: async (spec, call) => {
      const file = join(temporaryDirectory("pids"), String(count++));
      const code = 'echo $$ >"$0"; export MARKED_BY=$$; exec "$@"';
      const process = await driver.spawn(
        { ...spec, argv: ["/bin/sh", "-c", code, file, ...spec.argv] },
        call,
      );
      return { ...process, kill: async () => await kill(await pidIn(file)) };
    },
  }));
}

/** Never 0 or 1: as a group these would be the tests' own, or everybody's. */
async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    if (pid > 1) return pid;
    await delay(5);
  }
}

function signalAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function processesWith(file: string, has: (text: string) => boolean): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return has(readFileSync(`/proc/${pid}/${file}`, "latin1"));
    } catch {
      // It ended while this looked.
      return false;
    }
  });
}
