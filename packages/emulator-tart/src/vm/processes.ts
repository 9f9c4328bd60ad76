import { readdirSync, readFileSync } from "node:fs";
import type { TartHome } from "../store/home.js";

const program = /\/dist\/tart\.js( |$)/;

/** Every `tart` that works on this home; found by its environment. */
export function processesOf(home: TartHome): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      command: read(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim(),
    }))
    .filter(({ pid, command }) => {
      if (!program.test(command)) return false;
      return read(`/proc/${pid}/environ`).split("\0").includes(`TART_HOME=${home.path}`);
    });
}

/** Nothing where the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
