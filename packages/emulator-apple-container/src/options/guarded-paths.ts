import { isAbsolute } from "node:path";
import { refuse } from "./refuse.js";

/** What is hidden from a container's processes, and what they can only read, unasked (apple-container.md §9.4). */
export const standardPaths = {
  "masked-path": [
    ...["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list"],
    ...[
      "/proc/timer_stats",
      "/proc/sched_debug",
      "/proc/scsi",
      "/sys/firmware",
      "/sys/devices/virtual/powercap",
    ],
  ],
  "read-only-path": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
} as const;

/** The paths after `--masked-path` and `--read-only-path`; undefined where nothing is said. */
export function guardedPathsOf(
  option: keyof typeof standardPaths,
  texts: readonly string[],
): string[] | undefined {
  if (texts.length === 0) return undefined;
  let paths: string[] = [...standardPaths[option]];
  for (const text of texts) {
    // It takes away the standard ones too.
    if (text === "NONE") paths = [];
    else if (isAbsolute(text)) paths.push(text);
    else refuse(`invalid path '${text}' for --${option}: path must be absolute, or NONE to clear the list`);
  }
  return paths;
}
