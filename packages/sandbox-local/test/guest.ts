import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallContext, CreateRequest, ProcessSpec, RawProcess } from "@nanoclaw/sandbox/adapter";
import type { LocalDriver } from "../src/driver.js";
import { local } from "../src/index.js";
import type { LocalOptions } from "../src/options.js";

export const installation = "installation-of-these-tests";

/** A program that owns a sandbox, to be killed. It is not part of this process, so it runs the built package. */
export const ownerProgram = fileURLToPath(new URL("programs/owner.mjs", import.meta.url));

/** A context whose calls take no longer than this. */
export function call(timeoutMs = 20_000): CallContext {
  return { signal: AbortSignal.timeout(timeoutMs), emit: () => undefined };
}

export function request(rest: Partial<CreateRequest> = {}): CreateRequest {
  return {
    id: `sandbox-${randomBytes(6).toString("hex")}`,
    env: {},
    labels: {},
    mounts: [],
    limits: {},
    network: "none",
    ports: [],
    lifetime: "owner",
    owner: { installation, pid: process.pid, startedAt: "0", host: "here" },
    // Stands in for core's main shell: it lives as long as its standard input.
    mainCommand: ["/bin/sh", "-c", 'while read -r line; do eval "$line"; done'],
    ...rest,
  };
}

/** A provider with a state directory of its own, for one test. */
export class Bench implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "sandbox-local-"));
  readonly stateDirectory = join(this.directory, "state");
  readonly options: LocalOptions = { stateDirectory: this.stateDirectory };
  readonly provider = local(this.options);
  readonly #ids: string[] = [];

  async create(rest: Partial<CreateRequest> = {}): Promise<LocalDriver> {
    const whole = request(rest);
    this.#ids.push(whole.id);
    return await this.provider.create(whole, call());
  }

  /** An id for a sandbox that another program makes in the same state directory. */
  idForAnother(): string {
    const { id } = request();
    this.#ids.push(id);
    return id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#ids) await this.provider.remove(id, installation, call());
    rmSync(this.directory, { recursive: true });
  }
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs a process in the guest to its end. A string is for the guest's shell. */
export async function run(
  driver: LocalDriver,
  command: string | readonly string[],
  rest: Omit<ProcessSpec, "argv"> & { input?: string } = {},
): Promise<Outcome> {
  const { input = "", ...spec } = rest;
  const argv = typeof command === "string" ? ["/bin/sh", "-c", command] : command;
  const child = await driver.spawn({ argv, ...spec }, call());
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const { stdout, stderr } = await collect(child);
  return { stdout, stderr, exitCode: (await child.exited).exitCode };
}

/** All output of a process. */
export async function collect(child: RawProcess): Promise<{ stdout: string; stderr: string }> {
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for await (const { stream, data } of child.output) parts[stream].push(data);
  const text = (stream: "stdout" | "stderr"): string => Buffer.concat(parts[stream]).toString("utf8");
  return { stdout: text("stdout"), stderr: text("stderr") };
}
