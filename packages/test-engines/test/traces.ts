import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Gives a function that tells what this host shows of a running engine and of these containers, looked for in other
 * ways than `stop` does. Its list is empty when nothing is left.
 */
export function tracerOf(directory: string, containerIds: readonly string[] = []): () => string[] {
  const [bridge = "", index = "", network = ""] = readFileSync(join(directory, "bridge"), "utf8")
    .trim()
    .split(" ");
  const words = [`${directory}/`, `/${basename(directory)}`, ...containerIds];
  const addresses = new RegExp(`\\b${bridge}\\b|\\b${network.replace(".", "\\.")}\\.`);
  return () => {
    const indexFile = `/sys/class/net/${bridge}/ifindex`;
    const reused = existsSync(indexFile) && readFileSync(indexFile, "utf8").trim() !== index;
    const isOwn = (line: string) =>
      (!reused && addresses.test(line)) || words.some((word) => line.includes(word));
    const traces = [
      ...run("ps", ["axww", "-o", "pid,args"]),
      ...run("findmnt", ["--raw", "--noheadings"]),
      ...run("ip", ["address"]),
      ...run("ip", ["route"]),
      ...run("iptables-save", []),
      ...run("find", ["/sys/fs/cgroup", "-type", "d"]),
    ].filter(isOwn);
    if (existsSync(directory)) traces.push(directory);
    return [...traces, ...mountsOfProcesses(directory)];
  };
}

/** Mounts in a namespace that was not let go. */
function mountsOfProcesses(directory: string): string[] {
  const files = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => join("/proc", pid, "mountinfo"));
  return files.filter((path) => {
    try {
      return readFileSync(path, "utf8").includes(`${directory}/`);
    } catch (error) {
      // The process has ended since, or is what is left of one.
      if (error instanceof Error && "code" in error) return false;
      throw error;
    }
  });
}

function run(program: string, args: readonly string[]): string[] {
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      env: { ...process.env, PATH },
      stdio: "pipe",
    }).split("\n");
  } catch (error) {
    // find: a folder vanished while it looked.
    if (error instanceof Error && "stdout" in error) return String(error.stdout).split("\n");
    throw error;
  }
}
