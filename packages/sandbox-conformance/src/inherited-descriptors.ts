import { readdirSync, readFileSync } from "node:fs";

/** Set on a descriptor that does not go on to other programs; see fcntl(2). */
const closeOnExec = 0o2000000;

/** What this process was started with and passes on to every program that it starts. Known on Linux only. */
export function inheritedDescriptors(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
      return (Number.parseInt(flags ?? "0", 8) & closeOnExec) === 0;
    } catch {
      // The one by which the directory was read.
      return false;
    }
  });
}
