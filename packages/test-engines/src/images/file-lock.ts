import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs an action while no other process on this host holds the lock on this file, which is made when it is missing.
 * The kernel holds the lock for a child that ends with this process, so nothing is left by a process that is killed.
 */
export async function withFileLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const holder = spawn("flock", ["--exclusive", path, "sh", "-c", "echo held; cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  try {
    await Promise.race([
      once(holder.stdout, "data"),
      ended.then(([code]) => {
        throw new Error(`flock could not lock ${path}: exit code ${code}`);
      }),
    ]);
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
