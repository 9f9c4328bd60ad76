import { openSync, readdirSync, readFileSync } from "node:fs";

type Stdio = "pipe" | "ignore" | number;

/** Set on a descriptor that does not go on to other programs; see fcntl(2). */
const closeOnExec = 0o2000000;

let inherited: { readonly numbers: readonly number[]; readonly nothing: number } | undefined;

/**
 * Gives the child `/dev/null` in place of each descriptor that this program was started with and would pass on.
 * Node looks for them at its start, and misses those with higher numbers. One of a directory would be a way out
 * of every sandbox.
 */
export function withoutInherited(stdio: readonly Stdio[]): Stdio[] {
  inherited ??= { numbers: passedOn(), nothing: openSync("/dev/null", "r") };
  const all = [...stdio];
  for (const number of inherited.numbers.filter((each) => each >= stdio.length)) {
    while (all.length < number) all.push("ignore");
    all[number] = inherited.nothing;
  }
  return all;
}

function passedOn(): number[] {
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isPassedOn(descriptor));
}

function isPassedOn(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch (error) {
    // The one by which the directory was read.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
