import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
 * engine's memory: a directory is complete from its first moment on, and goes last. The files are small and few,
 * and a start does not wait for its turn in a pool of threads: they are read and written in place.
 */
export class Records {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The real path of the directory, which is made if need be. */
  prepare(): string {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      return realpathSync(this.#directory);
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
  add(record: LocalRecord): void {
    const unfinished = this.#unfinished(record.id);
    mkdirSync(unfinished, { mode: 0o700 });
    // Not to be listed: a search through the guest's files must not come upon the pipes and wait there for ever.
    mkdirSync(join(unfinished, "pipes"), { mode: 0o300 });
    writeFileSync(join(unfinished, "record.json"), JSON.stringify(record), { mode: 0o600 });
    if (unless("ENOTEMPTY EEXIST", () => renameSync(unfinished, join(this.#directory, record.id)))) return;
    throw new SandboxError("already_exists", `There is a sandbox ${record.id}.`);
  }

  update(record: LocalRecord): void {
    const file = this.#file(record.id);
    writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  read(id: string): LocalRecord | undefined {
    const text = isId(id) ? readIfThere(this.#file(id)) : undefined;
    return text === undefined ? undefined : (JSON.parse(text) as LocalRecord);
  }

  /** All that this machine may have. Another one that shares the directory has its own. */
  all(): LocalRecord[] {
    let names: string[] = [];
    unless("ENOENT", () => {
      names = readdirSync(this.#directory);
    });
    return names
      .filter(isId)
      .flatMap((id) => this.read(id) ?? [])
      .filter(({ machine }) => relationTo(machine) !== "elsewhere");
  }

  /** Forgets a sandbox, in whatever state its directory is. */
  remove(id: string, name: string | undefined): void {
    if (!isId(id)) return;
    if (name !== undefined && readIfThere(this.#nameFile(name)) === id) rmSync(this.#nameFile(name));
    for (const directory of [this.#unfinished(id), join(this.#directory, id)]) {
      unless("ENOENT", () => chmodSync(join(directory, "pipes"), 0o700));
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Makes a name a recorded sandbox's own, or throws `already_exists`. The name of one that has ended is free. */
  claimName(name: string, id: string): void {
    const own = join(this.#directory, id, "name");
    writeFileSync(own, id, { mode: 0o600 });
    // A link is there at once with its content, or not at all.
    while (!unless("EEXIST", () => linkSync(own, this.#nameFile(name)))) {
      const holder = readIfThere(this.#nameFile(name));
      const record = holder === undefined ? undefined : this.read(holder);
      if (record && stateOf(record) !== "ended") {
        throw new SandboxError("already_exists", `There is a sandbox with the name ${name}.`, {
          hint: "Choose another name, or destroy that one.",
        });
      }
      rmSync(this.#nameFile(name), { force: true });
    }
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

function readIfThere(file: string): string | undefined {
  let text: string | undefined;
  unless("ENOENT", () => {
    text = readFileSync(file, "utf8");
  });
  return text;
}

/** Whether the action could be done. Throws what it fails with, unless that has one of these codes. */
function unless(codes: string, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!codes.split(" ").includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return false;
  }
}
