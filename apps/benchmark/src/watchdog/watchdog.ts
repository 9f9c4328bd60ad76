import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What the watchdog is told, one JSON line each. */
export type WatchdogOrder =
  | { readonly remove: "containers"; readonly endpoint: string; readonly runId: string }
  | { readonly remove: "directory"; readonly path: string }
  /** The run ended well and has cleaned up itself. */
  | { readonly remove: "nothing" };

/**
 * A small process that outlives a run which is killed. Baselines do not clean up after a dead owner, so somebody has
 * to: when the pipe to it closes, it removes what it was told of.
 */
export interface Watchdog {
  tell(order: WatchdogOrder): void;
  /** Sends it away with nothing to do. */
  dismiss(): Promise<void>;
}

export function startWatchdog(): Watchdog {
  const main = fileURLToPath(new URL("./watchdog.js", import.meta.url));
  // Detached: a Ctrl-C on the terminal goes to the whole process group, and must not reach it.
  const child = spawn(process.execPath, [main], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  const exited = once(child, "exit");
  const tell = (order: WatchdogOrder) => child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    tell,
    async dismiss() {
      child.ref();
      tell({ remove: "nothing" });
      child.stdin.end();
      await exited;
    },
  };
}
