import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type CallContext,
  type Capabilities,
  type CreateRequest,
  defineCapabilities,
  type EngineReport,
  type Recovery,
  SandboxError,
  type SandboxProvider,
  type SandboxRecord,
} from "@nanoclaw/sandbox/adapter";
import { connectGuest, hasOtherWay, reconnect } from "./connection.js";
import { createVm } from "./creation.js";
import { TartDriver } from "./driver.js";
import { Tart } from "./engine.js";
import type { Settings } from "./options.js";
import { isAlive } from "./processes.js";
import { publicRecord, Records, stateOf } from "./records.js";
import { removeSandbox } from "./removal.js";
import { reportOf } from "./report.js";
import { watchRun } from "./run-process.js";
import { judgeVersion } from "./versions.js";

export class TartProvider implements SandboxProvider {
  readonly name = "tart";
  readonly capabilities: Capabilities = defineCapabilities({
    isolation: "vm",
    commands: "engine",
    images: true,
    terminals: true,
    mounts: { directories: true, readOnly: true },
    limits: { cpuCount: true, memoryMiB: true, diskGiB: true },
    network: { open: true, none: true },
    ports: "anytime",
    attach: true,
  });
  readonly recovery: Recovery | undefined;
  readonly #settings: Settings;
  readonly #tart: Tart;
  readonly #records: Records;
  #versionIsFine = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#tart = new Tart(settings.program, settings.home);
    this.#records = new Records(settings.stateDirectory);
    this.recovery = recoveryOf(settings);
  }

  async probe({ signal }: CallContext): Promise<EngineReport> {
    signal.throwIfAborted();
    return await reportOf(this.#tart, this.#settings, signal);
  }

  async create(request: CreateRequest, context: CallContext): Promise<TartDriver> {
    const tools = {
      tart: this.#tart,
      settings: this.#settings,
      records: this.#records,
      checkVersion: (signal: AbortSignal) => this.#checkVersion(signal),
      remove: this.remove.bind(this),
    };
    return await createVm(request, tools, context);
  }

  async attach(id: string, context: CallContext): Promise<TartDriver> {
    context.signal.throwIfAborted();
    const record = this.#records.read(id);
    const there = record !== undefined && record !== "damaged" && record.process?.command === "run";
    if (!there || !record.process || record.os === undefined || !(await isAlive(record.process))) {
      throw new SandboxError("sandbox_not_found", `No sandbox ${id} is running.`, { sandboxId: id });
    }
    const { vm, os, network, hostKey, home, owner } = record;
    const tart = new Tart(this.#settings.program, home);
    const run = watchRun(record.process, id, this.#records);
    const guest = { vm, os, tart, run, network, access: { hostKey } };
    try {
      const { transport, access } = await connectGuest(guest, this.#settings, context);
      return new TartDriver({
        record,
        tart,
        run,
        transport,
        otherWay: hasOtherWay(guest, this.#settings),
        connect: (again) => reconnect({ ...guest, access }, this.#settings, again),
        remove: (removal) => this.remove(id, owner.installation, removal),
      });
    } catch (error) {
      run.release();
      throw error;
    }
  }

  async list(installation: string, { signal }: CallContext): Promise<SandboxRecord[]> {
    const rows = await this.#tart.list(signal);
    const own = this.#records
      .all()
      .filter(({ owner, home }) => owner.installation === installation && home === this.#tart.home);
    return await Promise.all(
      own.map(async (record) => {
        const lives = record.process !== undefined && (await isAlive(record.process));
        return publicRecord(record, stateOf(record, rows, lives));
      }),
    );
  }

  async remove(id: string, installation: string, { signal }: CallContext): Promise<void> {
    await removeSandbox(id, installation, this.#records, this.#tart, signal);
  }

  /** Once for all: Tart is not exchanged while a program runs, and if it is, what it refuses is told then. */
  async #checkVersion(signal: AbortSignal): Promise<void> {
    if (this.#versionIsFine) return;
    const { usable, problems } = judgeVersion(await this.#tart.version(signal), undefined);
    if (!usable) {
      const [problem] = problems;
      throw new SandboxError("engine_unavailable", problem?.message ?? "This Tart cannot be used.", {
        ...(problem?.hint === undefined ? {} : { hint: problem.hint }),
        retryable: false,
      });
    }
    this.#versionIsFine = true;
  }
}

/** The same provider but for the password, which is on no pipe and no argument list. */
function recoveryOf({ password: _, ...options }: Settings): Recovery | undefined {
  const module = packageEntry();
  return module === undefined ? undefined : { module, factory: "tart", options };
}

/** The package's own entry, for a fresh Node. Undefined where a bundler has moved this file away from it. */
function packageEntry(): string | undefined {
  const places = ["./index.js", "../dist/index.js"].map((path) => new URL(path, import.meta.url));
  return places.find((url) => existsSync(fileURLToPath(url)))?.href;
}
