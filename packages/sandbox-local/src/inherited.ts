import { openSync, readdirSync, readFileSync } from "node:fs";

/** Set on a descriptor that does not go on to other programs; see fcntl(2). */
const closeOnExec = 0o2000000;

export type Stdio = "pipe" | "ignore" | number;

let inherited: { readonly numbers: readonly number[]; readonly nothing: number } | undefined;

/**
 * Numbers of the descriptors that this program was started with and would pass on. Node looks for them at its
 * start, and misses those with higher numbers. One of a directory would be a way out of every sandbox. They are
 * added to `stdio` as `/dev/null`, and it is the child's part to close them.
 */
export function addInherited(stdio: Stdio[]): readonly number[] {
  inherited ??= { numbers: passedOn(), nothing: openSync("/dev/null", "r") };
  const numbers = inherited.numbers.filter((number) => number >= stdio.length);
  for (const number of numbers) {
    while (stdio.length < number) stdio.push("ignore");
    stdio[number] = inherited.nothing;
  }
  return numbers;
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
