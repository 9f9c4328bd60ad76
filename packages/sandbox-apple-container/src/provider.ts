import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  abortable,
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
import { sandboxRecord } from "./container-list.js";
import { createContainer } from "./creation.js";
import { AppleContainerDriver } from "./driver.js";
import { ContainerCli, findContainer } from "./engine.js";
import type { Settings } from "./options.js";
import { removeSandbox } from "./removal.js";
import { reportOf } from "./report.js";
import { makeReady } from "./service.js";
import { UnfinishedStarts } from "./unfinished.js";

export class AppleContainerProvider implements SandboxProvider {
  readonly name = "apple-container";
  readonly capabilities: Capabilities = defineCapabilities({
    isolation: "vm",
    commands: "shell",
    images: true,
    users: true,
    terminals: true,
    mounts: { directories: true, readOnly: true },
    // Of processes there is a limit for each user, and none for root (apple-container.md §4.7): that is not the one asked for.
    limits: { cpuCount: true, memoryMiB: true },
    network: { open: true, none: true },
    ports: "anytime",
    keep: true,
    attach: true,
    stats: true,
  });
  readonly shell: string;
  readonly #settings: Settings;
  readonly #unfinished = new UnfinishedStarts();
  #found: ContainerCli | undefined;
  #ready: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.shell = settings.shell;
  }

  /** With the program that is found here, as the guardian's place in the file system is another. It only removes. */
  get recovery(): Recovery | undefined {
    const module = packageEntry();
    if (module === undefined) return undefined;
    return { module, factory: "appleContainer", options: { program: this.#cli.program } };
  }

  async probe({ signal }: CallContext): Promise<EngineReport> {
    signal.throwIfAborted();
    return await reportOf(this.#cli, this.#settings, signal);
  }

  async create(request: CreateRequest, context: CallContext): Promise<AppleContainerDriver> {
    const tools = {
      cli: this.#cli,
      settings: this.#settings,
      unfinished: this.#unfinished,
      makeReady: (each: CallContext) => this.#makeReady(each),
      remove: this.remove.bind(this),
    };
    try {
      return await createContainer(request, tools, context);
    } catch (error) {
      // It may have gone since it was looked at.
      if (SandboxError.is(error, "engine_unavailable")) this.#ready = undefined;
      throw error;
    }
  }

  async attach(id: string, { signal }: CallContext): Promise<AppleContainerDriver> {
    const row = await this.#cli.find(id, signal);
    const record = row && sandboxRecord(row);
    if (record?.state !== "running") {
      throw new SandboxError("sandbox_not_found", `No sandbox ${id} is running.`, { sandboxId: id });
    }
    return new AppleContainerDriver({
      id,
      cli: this.#cli,
      settings: this.#settings,
      remove: (context) => this.remove(id, record.owner.installation, context),
    });
  }

  async list(installation: string, { signal }: CallContext): Promise<SandboxRecord[]> {
    const rows = await this.#cli.list(signal);
    return rows
      .map(sandboxRecord)
      .filter((record) => record !== undefined)
      .filter(({ owner }) => owner.installation === installation);
  }

  async remove(id: string, installation: string, { signal }: CallContext): Promise<void> {
    signal.throwIfAborted();
    await this.#unfinished.end(id);
    await removeSandbox(id, installation, this.#cli, signal);
  }

  /** Looked up when it is first needed, and kept once it was found. */
  get #cli(): ContainerCli {
    if (this.#found) return this.#found;
    const { program = "container" } = this.#settings;
    const path = findContainer(program);
    if (path === undefined) return new ContainerCli(program);
    this.#found = new ContainerCli(path);
    return this.#found;
  }

  /** Once for all. Creates that come meanwhile wait for the first; if it fails each looks for itself. */
  async #makeReady(context: CallContext): Promise<void> {
    const others = this.#ready;
    if (others !== undefined) {
      const ready = others.then(
        () => true,
        () => false,
      );
      if (await abortable(ready, context.signal)) return;
    }
    context.signal.throwIfAborted();
    const own = makeReady(this.#cli, this.#settings.startService, context);
    this.#ready = own;
    await own.catch((error: unknown) => {
      if (this.#ready === own) this.#ready = undefined;
      throw error;
    });
  }
}

/** The package's own entry, for a fresh Node. Undefined where a bundler has moved this file away from it. */
function packageEntry(): string | undefined {
  const places = ["./index.js", "../dist/index.js"].map((path) => new URL(path, import.meta.url));
  return places.find((url) => existsSync(fileURLToPath(url)))?.href;
}
