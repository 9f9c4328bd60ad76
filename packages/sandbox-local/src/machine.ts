import { readFileSync, readlinkSync } from "node:fs";

/** Where a process id means something: a machine, since it was started, and a namespace of process ids. */
export interface Machine {
  readonly id: string;
  readonly boot: string;
  readonly pidNamespace: string;
}

let own: Machine | undefined;

export function thisMachine(): Machine {
  own ??= {
    id: readIfThere("/etc/machine-id"),
    boot: readIfThere("/proc/sys/kernel/random/boot_id"),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
  };
  return own;
}

/** `ended`: whatever ran there does no more. `elsewhere`: nothing can be said from here. */
export function relationTo(machine: Machine): "here" | "ended" | "elsewhere" {
  const here = thisMachine();
  if (machine.id !== here.id) return "elsewhere";
  if (machine.boot !== here.boot) return "ended";
  return machine.pidNamespace === here.pidNamespace ? "here" : "elsewhere";
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
