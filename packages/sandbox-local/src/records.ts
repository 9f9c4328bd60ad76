import { chmod, link, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SandboxError, type SandboxRecord } from "@nanoclaw/sandbox/adapter";
import { type Machine, relationTo } from "./machine.js";
import { isAlive, type ProcessIdentity } from "./processes.js";

/** What is on disk of a sandbox. No environment: its values may be private. */
export interface LocalRecord extends Omit<SandboxRecord, "state"> {
  readonly machine: Machine;
  readonly network: "open" | "none";
  /** Its control groups. They are made after this is written and removed before this is. */
  readonly controlGroups: readonly string[];
  /** Process 1. Missing until it has been started. */
  readonly init?: ProcessIdentity;
}

/** The record of a sandbox that has been started. */
export type StartedRecord = LocalRecord & { readonly init: ProcessIdentity };

/**
 * One directory for each sandbox, with its record and its pipes. There is no daemon to ask, so this is the
 * engine's memory: a directory is complete from its first moment on, and goes last.
 */
export class Records {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The real path of the directory, which is made if need be. */
  async prepare(): Promise<string> {
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      return await realpath(this.#directory);
    } catch (cause) {
      throw new SandboxError("permission_denied", `The state directory ${this.#directory} cannot be used.`, {
        cause,
        hint: "Make it writable, or set XDG_STATE_HOME to a directory that is.",
      });
    }
  }

  /** Where the named pipes of a sandbox are. */
  pipesOf(id: string): string {
    return join(this.#directory, id, "pipes");
  }

  /** Throws `already_exists` when there is one with this id. */
  async add(record: LocalRecord): Promise<void> {
    const unfinished = this.#unfinished(record.id);
    await mkdir(unfinished, { mode: 0o700 });
    // Not to be listed: a search through the guest's files must not come upon the pipes and wait there for ever.
    await mkdir(join(unfinished, "pipes"), { mode: 0o300 });
    await writeFile(join(unfinished, "record.json"), JSON.stringify(record), { mode: 0o600 });
    await rename(unfinished, join(this.#directory, record.id)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOTEMPTY" && cause.code !== "EEXIST") throw cause;
      throw new SandboxError("already_exists", `There is a sandbox ${record.id}.`, { cause });
    });
  }

  async update(record: LocalRecord): Promise<void> {
    const file = this.#file(record.id);
    await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async read(id: string): Promise<LocalRecord | undefined> {
    if (!isId(id)) return undefined;
    const text = await readFile(this.#file(id), "utf8").catch(ifMissing);
    return text === undefined ? undefined : (JSON.parse(text) as LocalRecord);
  }

  /** All that this machine may have. Another one that shares the directory has its own. */
  async all(): Promise<LocalRecord[]> {
    const names = (await readdir(this.#directory).catch(ifMissing)) ?? [];
    const records = await Promise.all(names.filter(isId).map((id) => this.read(id)));
    return records.filter(
      (record) => record !== undefined && relationTo(record.machine) !== "elsewhere",
    ) as LocalRecord[];
  }

  /** Forgets a sandbox, in whatever state its directory is. */
  async remove(id: string, name: string | undefined): Promise<void> {
    if (!isId(id)) return;
    if (name !== undefined && (await this.#holderOf(name)) === id)
      await rm(this.#nameFile(name), { force: true });
    for (const directory of [this.#unfinished(id), join(this.#directory, id)]) {
      await chmod(join(directory, "pipes"), 0o700).catch(ifMissing);
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Makes a name a recorded sandbox's own, or throws `already_exists`. The name of one that has ended is free. */
  async claimName(name: string, id: string): Promise<void> {
    const own = join(this.#directory, id, "name");
    await writeFile(own, id, { mode: 0o600 });
    // A link is there at once with its content, or not at all.
    while (!(await link(own, this.#nameFile(name)).then(() => true, ifExists))) {
      const holder = await this.#holderOf(name);
      const record = holder === undefined ? undefined : await this.read(holder);
      if (record && stateOf(record) !== "ended") {
        throw new SandboxError("already_exists", `There is a sandbox with the name ${name}.`, {
          hint: "Choose another name, or destroy that one.",
        });
      }
      await rm(this.#nameFile(name), { force: true });
    }
  }

  async #holderOf(name: string): Promise<string | undefined> {
    return await readFile(this.#nameFile(name), "utf8").catch(ifMissing);
  }

  #file(id: string): string {
    return join(this.#directory, id, "record.json");
  }

  #unfinished(id: string): string {
    return join(this.#directory, `.${id}`);
  }

  #nameFile(name: string): string {
    return join(this.#directory, `@${encodeURIComponent(name)}`);
  }
}

/** What became of a sandbox, by its process 1. */
export function stateOf({ machine, init }: LocalRecord): SandboxRecord["state"] {
  if (relationTo(machine) === "ended") return "ended";
  if (!init) return "created";
  return isAlive(init) ? "running" : "ended";
}

/** The part of a record that core knows. */
export function publicRecord(record: LocalRecord): SandboxRecord {
  const { id, name, labels, createdAt, expiresAt, owner } = record;
  return { id, name, labels, createdAt, expiresAt, owner, state: stateOf(record) };
}

/** Ids are names of directories: whatever else is asked for is not here. */
function isId(id: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(id);
}

function ifExists(error: NodeJS.ErrnoException): false {
  if (error.code !== "EEXIST") throw error;
  return false;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
