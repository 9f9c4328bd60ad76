import type { Owner } from "@nanoclaw/sandbox/adapter";
import { isRuntime, type Runtime } from "../runtime.js";
import type { Demand } from "./demand.js";

/** A run that waits for a place or holds one, as the disk remembers it. It never changes: only its directory does. */
export interface Ticket {
  readonly id: string;
  /** Order of arrival on this machine. */
  readonly sequence: number;
  /** Which installation's limits and figures it counts for. */
  readonly installation: string;
  /** Where that installation is, for people. */
  readonly root: string;
  readonly folder: string;
  readonly runtime: Runtime;
  readonly demands: readonly Demand[];
  /** The process that waits or runs. The ticket ends with it. */
  readonly owner: Owner;
  /** Milliseconds since the epoch, for people: nothing is decided by a clock that can be set. */
  readonly since: number;
}

/** Those that take turns with each other. */
export function groupOf({ installation, folder }: Pick<Ticket, "installation" | "folder">): string {
  return `${installation}/${folder}`;
}

/** The ticket in a file, or undefined when it is none: a full disk or a power cut can leave such a file. */
export function parseTicket(text: string): Ticket | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isTicket(value) ? value : undefined;
}

function isTicket(value: unknown): value is Ticket {
  if (!isObject(value)) return false;
  const { id, sequence, installation, root, folder, runtime, demands, owner, since } = value;
  return (
    [id, installation, root, folder].every((each) => typeof each === "string") &&
    Number.isSafeInteger(sequence) &&
    Number.isFinite(since) &&
    isRuntime(runtime) &&
    isOwner(owner) &&
    Array.isArray(demands) &&
    demands.every(isDemand)
  );
}

function isDemand(value: unknown): value is Demand {
  if (!isObject(value)) return false;
  const { limit, scope, amount, most } = value;
  return [limit, scope].every((each) => typeof each === "string") && [amount, most].every(Number.isFinite);
}

export function isOwner(value: unknown): value is Owner {
  if (!isObject(value)) return false;
  const { pid, startedAt, host, installation } = value;
  return (
    Number.isSafeInteger(pid) &&
    (pid as number) > 0 &&
    [startedAt, host, installation].every((each) => typeof each === "string")
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
