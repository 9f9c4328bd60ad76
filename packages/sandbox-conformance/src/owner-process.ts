import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CreateOptions } from "@nanoclaw/sandbox";
import type { CheckContext } from "./check.js";
import { within } from "./expect.js";
import { providerModule } from "./target.js";

const program = fileURLToPath(new URL("../programs/owner.mjs", import.meta.url));

/** What the program does on request; see `programs/owner.mjs`. */
interface Requests {
  create: { ask: { options: CreateOptions; count?: number }; answer: { ids: string[] } };
  attach: { ask: { id: string }; answer: { id: string } };
  exec: {
    ask: { id: string; command: string | string[] };
    answer: { exitCode: number | null; stdout: string };
  };
  start: { ask: { id: string; command: string | string[] }; answer: object };
  keep: { ask: { id: string; ttlMs: number }; answer: object };
  detach: { ask: { id: string }; answer: object };
  destroy: { ask: { id: string }; answer: object };
  exit: { ask: object; answer: never };
}

/** Another Node process that owns sandboxes by the same provider, to be talked to and killed. */
export class OwnerProcess {
  readonly pid: number;
  /** Settles when the kernel has closed all that it held. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #errors = "";
  #next = 1;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      child.once("exit", () => {
        for (const { reject } of this.#answers.values()) {
          reject(new Error(`The owner process ended. It wrote: ${this.#errors}`));
        }
        this.#answers.clear();
        resolve();
      });
    });
    if (!child.stdout) throw new Error("The owner process has no standard output.");
    createInterface({ input: child.stdout }).on("line", (line) => this.#onLine(line));
  }

  /** Returns when the program has made its provider. */
  static async start(context: CheckContext, env: Record<string, string> = {}): Promise<OwnerProcess> {
    const module = providerModule(context.target);
    if (!module) throw new Error("The target tells no module for its provider.");
    const child = spawn(process.execPath, [program, JSON.stringify(module)], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    if (child.pid === undefined) throw new Error("The owner process could not be started.");
    const owner = new OwnerProcess(child, child.pid);
    context.defer(() => owner.kill());
    const ready = new Promise<unknown>((resolve, reject) => owner.#answers.set(0, { resolve, reject }));
    await within("The owner process's start", 20_000, ready);
    return owner;
  }

  ask<K extends keyof Requests>(what: K, ask: Requests[K]["ask"]): Promise<Requests[K]["answer"]> {
    const request = this.#next++;
    const answer = new Promise<Requests[K]["answer"]>((resolve, reject) => {
      this.#answers.set(request, { resolve: (value) => resolve(value as Requests[K]["answer"]), reject });
    });
    // Most of those who ask are killed before they answer.
    answer.catch(() => undefined);
    this.#child.stdin?.write(`${JSON.stringify({ request, what, ...ask })}\n`);
    return answer;
  }

  /** Ends it by SIGKILL, which it cannot see coming. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** Sends a signal and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await within(`The owner process's end by ${signal}`, 10_000, this.ended);
  }

  #onLine(line: string): void {
    const { request, error, ...answer } = JSON.parse(line) as { request: number; error?: string };
    const waiting = this.#answers.get(request);
    this.#answers.delete(request);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(`In the owner process: ${error}`));
  }
}
