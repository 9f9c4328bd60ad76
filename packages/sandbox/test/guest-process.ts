import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { mergeOutput } from "../src/contract/output.js";
import type { RawProcess } from "../src/contract/process.js";

/** A pid namespace of its own is all that a main shell needs of a sandbox. */
const namespace = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Why main shells cannot be tested here, or undefined. */
export function whyNoNamespace(): string | undefined {
  const { status } = spawnSync(namespace[0] as string, [...namespace.slice(1), "true"]);
  return status === 0 ? undefined : "needs Linux with user namespaces, and unshare from util-linux";
}

/** The shells that guests have, each under the name by which guests call it. */
export function shellsHere(): { name: string; path: string }[] {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-shell-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const shells: { name: string; path: string }[] = [];
  for (const [name, program, calledAs] of [
    ["dash", "/usr/bin/dash", "sh"],
    ["bash as sh", "/bin/bash", "sh"],
    ["bash", "/bin/bash", "bash"],
    ["busybox ash", "/bin/busybox", "ash"],
  ] as const) {
    if (!existsSync(program)) continue;
    const place = join(directory, name.replaceAll(" ", "-"));
    mkdirSync(place);
    symlinkSync(program, join(place, calledAs));
    shells.push({ name, path: join(place, calledAs) });
  }
  return shells;
}

/** Starts a program in a pid namespace of its own, with a plain environment. */
export function startGuest(argv: readonly string[]): { child: ChildProcess; raw: RawProcess } {
  const child = spawn(namespace[0] as string, [...namespace.slice(1), ...argv], {
    stdio: "pipe",
    cwd: "/",
    env: { PATH: process.env.PATH, HOME: "/", IMAGE: "of the image" },
  });
  return { child, raw: rawProcess(child) };
}

export function rawProcess(child: ChildProcess): RawProcess {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("The child has no pipes.");
  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  return {
    stdin,
    output: mergeOutput(stdout, stderr),
    exited,
    disconnect: () => {
      stdin.destroy();
      stdout.destroy();
      stderr.destroy();
    },
  };
}
