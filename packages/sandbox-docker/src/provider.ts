import { existsSync } from "node:fs";
import { homedir } from "node:os";
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
import { type CreationTools, createContainer } from "./creation.js";
import { discoverEngine } from "./discover.js";
import { DockerDriver } from "./driver.js";
import { type Endpoint, formatEndpoint, type Surroundings } from "./endpoint.js";
import { Engine } from "./engine.js";
import { type EngineFacts, engineFacts } from "./facts.js";
import { inspectRecord, listRecords } from "./inspection.js";
import type { DockerOptions, Settings } from "./options.js";
import { installationLabel } from "./records.js";
import { removeContainer } from "./removal.js";
import { reportOf } from "./report.js";
import { UnfinishedCalls } from "./unfinished.js";

export class DockerProvider implements SandboxProvider {
  readonly name = "docker";
  readonly capabilities: Capabilities;
  readonly shell?: string;
  readonly #settings: Settings;
  readonly #surroundings: Surroundings;
  readonly #unfinished = new UnfinishedCalls();
  #tools: CreationTools | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#surroundings = { platform: process.platform, home: homedir(), environment: process.env };
    this.capabilities = capabilitiesOf(settings);
    this.shell = settings.shell;
  }

  /** With the engine that was found, once it was: the guardian must not find another one. */
  get recovery(): Recovery | undefined {
    const module = packageEntry();
    if (module === undefined) return undefined;
    const { host, context, certPath } = this.#settings;
    const found = this.#tools?.engine.endpoint;
    const options: DockerOptions = found ? connectionOptions(found) : { host, context, certPath };
    return { module, factory: "docker", options };
  }

  async probe({ signal }: CallContext): Promise<EngineReport> {
    try {
      const { engine } = await this.connect(signal);
      return reportOf(formatEndpoint(engine.endpoint), await engineFacts(engine, signal));
    } catch (error) {
      if (signal.aborted || !SandboxError.is(error)) throw error;
      const { message, hint } = error;
      const problem = hint === undefined ? { message } : { message, hint };
      const endpoint = this.#tools && { endpoint: formatEndpoint(this.#tools.engine.endpoint) };
      return { available: false, problems: [problem], details: {}, ...endpoint };
    }
  }

  async create(request: CreateRequest, context: CallContext): Promise<DockerDriver> {
    return await createContainer(request, await this.connect(context.signal), context);
  }

  async attach(id: string, { signal }: CallContext): Promise<DockerDriver> {
    const { engine } = await this.connect(signal);
    const record = await inspectRecord(engine, id, signal);
    if (record === undefined || record === "foreign" || record.state !== "running") {
      throw new SandboxError("sandbox_not_found", `No sandbox ${id} is running.`, { sandboxId: id });
    }
    return new DockerDriver(id, engine, this.#settings);
  }

  async list(installation: string, { signal }: CallContext): Promise<SandboxRecord[]> {
    const { engine } = await this.connect(signal);
    return await listRecords(engine, `${installationLabel}=${installation}`, signal);
  }

  async remove(id: string, installation: string, { signal }: CallContext): Promise<void> {
    const { engine } = await this.connect(signal);
    await this.#unfinished.end(id, signal);
    const record = await inspectRecord(engine, id, signal);
    if (record === undefined) return;
    if (record === "foreign" || record.owner.installation !== installation) {
      throw new SandboxError("permission_denied", `The container ${id} was not made by this installation.`, {
        sandboxId: id,
        hint: "Remove it with the program that made it.",
      });
    }
    await removeContainer(engine, id, signal);
  }

  /** The way to the engine, which is looked for once. */
  async connect(signal: AbortSignal): Promise<CreationTools> {
    if (this.#tools) return this.#tools;
    const engine = await Engine.at(await discoverEngine(this.#settings, this.#surroundings, signal));
    let facts: EngineFacts | undefined;
    // Another call may have been quicker; there is one engine for all.
    this.#tools ??= {
      engine,
      settings: this.#settings,
      surroundings: this.#surroundings,
      unfinished: this.#unfinished,
      facts: async (signal) => {
        facts ??= await engineFacts(engine, signal);
        return facts;
      },
      lacksInit: false,
    };
    return this.#tools;
  }
}

function capabilitiesOf({ diskQuota, commands }: Settings): Capabilities {
  return defineCapabilities({
    isolation: "container",
    commands,
    images: true,
    users: true,
    terminals: true,
    mounts: { directories: true, files: true, readOnly: true, nested: true },
    limits: { cpuCount: true, memoryMiB: true, pidCount: true, diskGiB: diskQuota },
    network: { open: true, none: true },
    ports: "create",
    // Only a shell can count the time after its owner has gone.
    keep: commands === "shell",
    attach: true,
    stats: true,
  });
}

function connectionOptions(endpoint: Endpoint): DockerOptions {
  const certPath = endpoint.kind === "tcp" && typeof endpoint.tls === "string" ? endpoint.tls : undefined;
  return { host: formatEndpoint(endpoint), certPath };
}

/** The package's own entry, for a fresh Node. Undefined where a bundler has moved this file away from it. */
function packageEntry(): string | undefined {
  const places = ["./index.js", "../dist/index.js"].map((path) => new URL(path, import.meta.url));
  return places.find((url) => existsSync(fileURLToPath(url)))?.href;
}
