import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SandboxError, type SandboxRecord } from "@nanoclaw/sandbox/adapter";
import { vmName } from "./names.js";
import type { ProcessIdentity } from "./processes.js";
import { type ListedVm, localVm } from "./vm-list.js";

/**
 * What is on disk of a sandbox: Tart has no labels, so this is the proof that a virtual machine is ours. It is
 * there before the machine is, and goes after it. It holds no secret and no password.
 */
export interface TartRecord extends Omit<SandboxRecord, "state"> {
  readonly format: 1;
  /** Name of the virtual machine. */
  readonly vm: string;
  /** `TART_HOME` of the machine. */
  readonly home: string;
  /** For the commands of whoever attaches. */
  readonly env: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly network: "open" | "none";
  /** Known from the clone on. */
  readonly os?: "darwin" | "linux";
  /** The `tart` that works on it, or did last: `pull` and `clone`, then `run`. */
  readonly process?: ProcessIdentity & { readonly command: "pull" | "clone" | "run" };
  /** What the guest proves itself with to SSH, once it was learnt in a trustworthy way. */
  readonly hostKey?: string;
}

/** The files are small and few: they are read and written in place. */
export class Records {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Throws `permission_denied` where the directory cannot be made. */
  prepare(): void {
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new SandboxError("permission_denied", `The state directory ${this.directory} cannot be used.`, {
        cause,
        hint: "Make it writable, or set XDG_STATE_HOME to a directory that is.",
      });
    }
  }

  /** On disk when it returns, whole or as it was before. */
  write(record: TartRecord): void {
    const file = this.#file(record.id);
    const descriptor = openSync(`${file}.new`, "w", 0o600);
    try {
      writeFileSync(descriptor, JSON.stringify(record));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(`${file}.new`, file);
  }

  /** Undefined when there is none, `damaged` when it is none of ours any more. */
  read(id: string): TartRecord | "damaged" | undefined {
    if (!isId(id)) return undefined;
    let text: string;
    try {
      text = readFileSync(this.#file(id), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    return parseRecord(text, id) ?? "damaged";
  }

  /** Those that can be read. What is damaged proves nothing. */
  all(): TartRecord[] {
    let names: string[];
    try {
      names = readdirSync(this.directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    return names.flatMap((name) => {
      const record = name.endsWith(".json") ? this.read(name.slice(0, -".json".length)) : undefined;
      return record === undefined || record === "damaged" ? [] : [record];
    });
  }

  /** Where `tart run` prints. */
  log(id: string): string {
    return join(this.directory, `${id}.log`);
  }

  /** What it printed, or nothing. */
  readLog(id: string): string {
    try {
      return readFileSync(this.log(id), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  }

  /** The record last. */
  remove(id: string): void {
    if (!isId(id)) return;
    for (const file of [`${this.#file(id)}.new`, this.log(id), this.#file(id)]) rmSync(file, { force: true });
  }

  #file(id: string): string {
    return join(this.directory, `${id}.json`);
  }
}

function parseRecord(text: string, id: string): TartRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<TartRecord> | null;
    const texts = [record?.home, record?.owner?.installation, record?.owner?.startedAt, record?.owner?.host];
    const whole = record?.format === 1 && record.id === id && texts.every((each) => typeof each === "string");
    // A record can lead to the one machine that it names by rule, whatever is written in it.
    const ours = whole && record.vm === vmName(id, record.owner?.installation ?? "");
    return ours ? (record as TartRecord) : undefined;
  } catch {
    // Cut off or written over.
    return undefined;
  }
}

/** What became of a sandbox, by Tart's list and by whether the process that Tart is said to run as lives. */
export function stateOf(
  { vm, process }: TartRecord,
  rows: readonly ListedVm[],
  processLives: boolean,
): SandboxRecord["state"] {
  if (localVm(rows, vm)?.state === "running") return "running";
  if (process?.command !== "run") return "created";
  // The list may call a machine stopped that runs (openai/tart#967).
  return processLives ? "running" : "ended";
}

/** The part of a record that core knows. */
export function publicRecord(record: TartRecord, state: SandboxRecord["state"]): SandboxRecord {
  const { id, name, image, labels, createdAt, expiresAt, owner } = record;
  return { id, name, image, labels, createdAt, expiresAt, owner, state };
}

/** Ids are names of files: whatever else is asked for is not here. */
function isId(id: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(id);
}
