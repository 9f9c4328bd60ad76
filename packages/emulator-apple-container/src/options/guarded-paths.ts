import { isAbsolute } from "node:path";
import { refuse } from "./refuse.js";

/** What is hidden from a container's processes without being asked for (apple-container.md §9.4). */
const masked = [
  ...["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list"],
  ...[
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
  ],
];

/** And what they can only read. */
const readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** The paths after `--masked-path` and `--read-only-path`; undefined where nothing is said. */
export function guardedPathsOf(
  option: "masked-path" | "read-only-path",
  texts: readonly string[],
): string[] | undefined {
  if (texts.length === 0) return undefined;
  let paths = [...(option === "masked-path" ? masked : readOnly)];
  for (const text of texts) {
    // It takes away the standard ones too.
    if (text === "NONE") paths = [];
    else if (isAbsolute(text)) paths.push(text);
    else refuse(`invalid path '${text}' for --${option}: path must be absolute, or NONE to clear the list`);
  }
  return paths;
}
