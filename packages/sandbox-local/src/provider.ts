import { existsSync } from "node:fs";
import { join } from "node:path";
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
import { type Beginning, createSandbox } from "./creation.js";
import { LocalDriver } from "./driver.js";
import { Host } from "./host.js";
import type { Settings } from "./options.js";
import { openPipe } from "./pipes.js";
import { publicRecord, Records, stateOf } from "./records.js";
import { removeSandbox } from "./removal.js";
import { reportOf } from "./report.js";
import { sandboxPipes } from "./starter.js";

export class LocalProvider implements SandboxProvider {
  readonly name = "local";
  readonly capabilities: Capabilities;
  readonly recovery: Recovery | undefined;
  readonly #host: Host;
  readonly #records: Records;

  constructor(settings: Settings) {
    this.#host = new Host(settings);
    this.#records = new Records(settings.stateDirectory);
    this.capabilities = capabilitiesOf(this.#host);
    const module = packageEntry();
    this.recovery = module === undefined ? undefined : { module, factory: "local", options: settings };
  }

  async probe({ signal }: CallContext): Promise<EngineReport> {
    return await reportOf(this.#host, signal);
  }

  async create(request: CreateRequest, context: CallContext): Promise<LocalDriver> {
    return this.#driver(await createSandbox(request, this.#host, this.#records, context));
  }

  async attach(id: string, { signal }: CallContext): Promise<LocalDriver> {
    signal.throwIfAborted();
    const record = this.#records.read(id);
    if (!record?.init || stateOf(record) !== "running") {
      throw new SandboxError("sandbox_not_found", `No sandbox ${id} is running.`, { sandboxId: id });
    }
    const alive = openPipe(join(this.#records.pipesOf(id), sandboxPipes.alive), "read");
    alive.release();
    return this.#driver({ record: { ...record, init: record.init }, alive });
  }

  /** Forgets those that have ended, as there is no daemon that would have done so. */
  async list(installation: string, { signal }: CallContext): Promise<SandboxRecord[]> {
    signal.throwIfAborted();
    const found: SandboxRecord[] = [];
    for (const record of this.#records.all()) {
      if (record.owner.installation !== installation) continue;
      if (stateOf(record) === "ended") await removeSandbox(record.id, installation, this.#records, signal);
      else found.push(publicRecord(record));
    }
    return found;
  }

  async remove(id: string, installation: string, { signal }: CallContext): Promise<void> {
    signal.throwIfAborted();
    await removeSandbox(id, installation, this.#records, signal);
  }

  #driver(beginning: Pick<Beginning, "record" | "alive"> & Partial<Beginning>): LocalDriver {
    const { id, owner } = beginning.record;
    return new LocalDriver({
      ...beginning,
      pipes: this.#records.pipesOf(id),
      programs: this.#host.programs,
      remove: (context) => this.remove(id, owner.installation, context),
    });
  }
}

function capabilitiesOf({ script, controlGroups: { parents } }: Host): Capabilities {
  return defineCapabilities({
    isolation: "process",
    commands: "shell",
    terminals: script !== undefined,
    mounts: { directories: true, files: true, readOnly: true, nested: true },
    limits: {
      cpuCount: parents.cpu !== undefined,
      memoryMiB: parents.memory !== undefined,
      pidCount: parents.pids !== undefined,
      diskGiB: true,
    },
    network: { open: true, none: true, sharedWithHost: true },
    ports: "anytime",
    keep: true,
    attach: true,
    stats: true,
  });
}

/** The package's own entry, for a fresh Node. Undefined where a bundler has moved this file away from it. */
function packageEntry(): string | undefined {
  const places = ["./index.js", "../dist/index.js"].map((path) => new URL(path, import.meta.url));
  return places.find((url) => existsSync(fileURLToPath(url)))?.href;
}
