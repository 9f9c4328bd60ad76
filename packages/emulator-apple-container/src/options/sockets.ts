import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { refuse } from "./refuse.js";
import { split } from "./split.js";

export interface PublishedSocket {
  readonly containerPath: string;
  readonly hostPath: string;
}

/**
 * `--publish-socket host:container` (apple-container.md §4.4). Makes the directory of the host's path, and removes a file
 * that is there and is no socket, as the program does.
 */
export function publishedSocketsOf(texts: readonly string[], cwd: string): PublishedSocket[] {
  return texts.map((text) => {
    const [host, containerPath, ...others] = split(text, ":");
    if (host === undefined || containerPath === undefined || others.length > 0) {
      refuse(`invalid publish-socket format ${text}. Expected: host_path:container_path`);
    }
    const hostPath = resolve(cwd, host);
    const there = statSync(hostPath, { throwIfNoEntry: false });
    if (there?.isSocket()) refuse(`host socket ${hostPath} already exists and may be in use`);
    if (there?.isFile()) rmSync(hostPath);
    mkdirSync(dirname(hostPath), { recursive: true });
    if (!isAbsolute(containerPath)) refuse(`containerPath must be absolute: ${containerPath}`);
    return { containerPath, hostPath };
  });
}
