import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCapacity } from "../src/capacity/create-capacity.js";
import type { CapacityLimits } from "../src/capacity/limits.js";
import type { Need } from "../src/capacity/slot.js";
import { openStore } from "../src/capacity/store.js";
import { installationAt } from "../src/installation.js";

const worker = fileURLToPath(new URL("programs/capacity-worker.mjs", import.meta.url));

export interface WorkerRun {
  readonly need: Need;
  readonly holdMs?: number;
  readonly outcome?: string;
}

/** What a worker says. */
export interface Line {
  readonly pid: number;
  readonly began?: string;
  readonly runtime?: string;
  readonly ended?: string;
  readonly refused?: string;
  readonly code?: string;
  readonly message?: string;
  readonly warning?: string;
  readonly tooMany?: boolean;
}

/** Installations of one user in a directory of its own, and processes that take places in them. */
export class CapacityBench implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "nanoclaw-capacity-"));
  readonly #children: ChildProcess[] = [];
  readonly #log = join(this.directory, "log");

  constructor() {
    writeFileSync(this.#log, "");
  }

  get shared(): string {
    return join(this.directory, "capacity");
  }

  installation(name = "one") {
    const root = join(this.directory, "projects", name);
    const configDirectory = join(this.directory, "config");
    return installationAt({ root, stateDirectory: join(this.directory, name), configDirectory });
  }

  capacity(limits: CapacityLimits, name = "one", onWarning?: (warning: string) => void) {
    return createCapacity(this.installation(name), limits, { onWarning });
  }

  store(name = "one") {
    return openStore(this.installation(name));
  }

  /** A process that takes these places. */
  worker(
    limits: CapacityLimits,
    runs: readonly WorkerRun[],
    { name = "one", ports, timeoutMs }: { name?: string; ports?: readonly number[]; timeoutMs?: number } = {},
  ): ChildProcess & { readonly over: Promise<number | null> } {
    const { root, stateDirectory: state } = this.installation(name);
    const options = { root, state, limits, runs, ports, timeoutMs, log: this.#log };
    const child = spawn(process.execPath, [worker, JSON.stringify(options)], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    this.#children.push(child);
    const over = new Promise<number | null>((resolve) => child.once("exit", resolve));
    return Object.assign(child, { over });
  }

  get lines(): Line[] {
    const text = readFileSync(this.#log, "utf8");
    return text.split("\n").flatMap((line) => (line ? [JSON.parse(line) as Line] : []));
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<Server>((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
