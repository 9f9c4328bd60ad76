import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface GuestPath {
  readonly type: "directory" | "file" | "missing";
  /** In the container, without links. */
  readonly path: string;
  /** The same for the host: what reads and writes here does so in the container. */
  readonly hostPath: string;
}

/**
 * Where a path leads in a container. The host must not follow a container's links: they would lead to its own files.
 *
 * @param pid A process of the container.
 */
export async function resolveGuestPath(pid: number, path: string): Promise<GuestPath> {
  const program = fileURLToPath(new URL("../guest/resolve.pl", import.meta.url));
  const { stdout } = await execute("perl", [program, `${pid}`, path], { env: { LC_ALL: "C" } });
  const space = stdout.indexOf(" ");
  const found = stdout.slice(space + 1);
  return {
    type: stdout.slice(0, space) as GuestPath["type"],
    path: found,
    hostPath: `/proc/${pid}/root${found}`,
  };
}
