import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OwnerAssignment, OwnerReply, OwnerRequest, OwnerTask, OwnerTasks } from "./tasks.js";

/** A Node.js process of its own that holds sandboxes. */
export interface OwnerProcess {
  /** In the labels of its sandboxes, where the engine can keep them. */
  readonly mark: string;
  /** Where it and what it starts keep state and temporary files. In the environment of all of them. */
  readonly directory: string;
  /** Rejects with what went wrong there, or when it ends before it answers. */
  ask<T extends OwnerTask>(task: T, values: OwnerTasks[T]["arguments"]): Promise<OwnerTasks[T]["result"]>;
  /** Removes its sandboxes in order, then ends it. */
  end(): Promise<void>;
  /** SIGKILL. Returns when the kernel has closed all that it held. */
  kill(): Promise<void>;
}

export function startOwnerProcess(assignment: OwnerAssignment, parentDirectory: string): OwnerProcess {
  const mark = randomUUID();
  const directory = join(parentDirectory, mark.slice(0, 8));
  mkdirSync(directory, { recursive: true });
  const marked: OwnerAssignment = { ...assignment, target: { ...assignment.target, ownerMark: mark } };
  const child = spawn(process.execPath, ["--expose-gc", mainFile(), JSON.stringify(marked)], {
    env: {
      ...process.env,
      XDG_STATE_HOME: directory,
      TMPDIR: directory,
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ask = questions(child);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await exited;
  };
  const end = () => ask("end", {}).then(() => undefined);
  return { mark, directory, ask, kill, end: () => end().finally(kill) };
}

function mainFile(): string {
  return fileURLToPath(new URL("./owner.js", import.meta.url));
}

function questions(child: ChildProcess): OwnerProcess["ask"] {
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4096);
  });
  child.on("message", (reply: OwnerReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(reply.result);
  });
  const over = (why: string) => {
    for (const { reject } of waiting.values()) reject(new Error(`${why} ${complaint}`.trim()));
    waiting.clear();
  };
  child.once("error", (error) => over(error.message));
  child.once("exit", (code, signal) => over(`The owner process ended with ${code ?? signal}.`));

  return <T extends OwnerTask>(task: T, values: OwnerTasks[T]["arguments"]) =>
    new Promise<OwnerTasks[T]["result"]>((resolve, reject) => {
      const request: OwnerRequest = { id: ++lastId, task, arguments: values };
      waiting.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
      child.send(request, (error) => {
        if (!error) return;
        waiting.delete(request.id);
        reject(error);
      });
    });
}
