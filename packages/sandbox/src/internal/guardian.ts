import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Recovery } from "../contract/provider.js";
import script from "./guardian.sh";

/** What the guardian needs to remove one sandbox. */
export interface Announcement {
  readonly recovery: Recovery;
  readonly installation: string;
}

/** Of the owner's environment, what finding an engine can depend on. */
const passedOn = /^(PATH|HOME|TMPDIR|USER|LOGNAME|XDG_.*|DOCKER_.*|CONTAINER_.*|NODE_EXTRA_CA_CERTS)$/;

/**
 * One small process for each owner that outlives it. It costs a shell's memory while the owner lives, and a
 * Node process for a moment when the owner was killed with sandboxes of its own. The leash ends those that
 * run; this removes what had no leash yet, and what an engine leaves behind.
 */
class Guardian {
  readonly #announced = new Map<string, { line: string; made: boolean }>();
  #child: ChildProcess | undefined;

  /** Before the first side effect of a create. Returns false where no guardian can be started. */
  announce(id: string, announcement: Announcement): boolean {
    const line = `+${id} ${JSON.stringify(announcement)}`;
    this.#announced.set(id, { line, made: false });
    if (this.#child) this.#write(line);
    else return this.#start();
    return true;
  }

  /** The engine knows the sandbox now. */
  made(id: string): void {
    const announced = this.#announced.get(id);
    if (!announced) return;
    announced.made = true;
    this.#write(`=${id}`);
  }

  /** The engine no longer knows it, or it was kept on purpose. */
  forget(id: string): void {
    if (this.#announced.delete(id)) this.#write(`-${id}`);
  }

  #write(line: string): void {
    // The pipe is written at once while it has room, so what was announced is with the guardian before create.
    this.#child?.stdin?.write(`${line}\n`);
  }

  #start(): boolean {
    const program = guardianProgram();
    if (!program) return false;
    const environment = Object.entries(process.env).filter(([name]) => passedOn.test(name));
    const child = spawn("/bin/sh", ["-c", script, "sandbox-guardian", process.execPath, program], {
      // A session of its own: what ends the owner's process group or terminal does not end it.
      detached: true,
      cwd: "/",
      stdio: ["pipe", "ignore", "ignore"],
      env: Object.fromEntries(environment),
    });
    this.#child = child;
    const lost = (): void => {
      if (this.#child === child) this.#child = undefined;
      if (child.pid !== undefined && this.#announced.size > 0) this.#start();
    };
    child.on("error", lost);
    child.on("exit", lost);
    child.stdin?.on("error", () => undefined);
    child.unref();
    (child.stdin as unknown as { unref?(): void } | null)?.unref?.();
    for (const [id, { line, made }] of this.#announced) {
      this.#write(line);
      if (made) this.#write(`=${id}`);
    }
    return child.pid !== undefined;
  }
}

/** The program beside this file, or undefined where a bundler has moved this file away from it. */
function guardianProgram(): string | undefined {
  for (const path of ["./guardian-main.js", "../../dist/guardian-main.js"]) {
    const file = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(file)) return file;
  }
  return undefined;
}

export const guardian = new Guardian();
