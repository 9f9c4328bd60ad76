import { SandboxError, type SandboxRecord } from "@nanoclaw/sandbox/adapter";
import { rememberedIn } from "./records.js";

/** A container as `list` and `inspect` tell it, both alike (apple-container.md §6.1). What is not used here is left out. */
export interface ListedContainer {
  readonly id: string;
  readonly configuration: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly mounts?: readonly { readonly destination: string; readonly options: readonly string[] }[];
    readonly networks?: readonly unknown[];
    readonly resources?: { readonly cpus: number; readonly memoryInBytes: number };
    readonly readOnly?: boolean;
    readonly capDrop?: readonly string[];
    readonly creationDate?: string;
  };
  readonly status: {
    readonly state: string;
    readonly networks?: readonly { readonly ipv4Address?: string }[];
    readonly startedDate?: string;
  };
}

/** Throws `adapter_fault` for what is none of the known shapes: nothing is guessed about containers. */
export function parseContainers(text: string): ListedContainer[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (cause) {
    throw unreadable(text, cause);
  }
  if (!Array.isArray(rows) || !rows.every(isContainer)) throw unreadable(text);
  return rows;
}

function isContainer(value: unknown): value is ListedContainer {
  const row = value as Partial<ListedContainer> | null;
  return (
    typeof row?.id === "string" &&
    typeof row.configuration === "object" &&
    typeof row.status?.state === "string"
  );
}

function unreadable(text: string, cause?: unknown): SandboxError {
  return new SandboxError("adapter_fault", "container listed its containers in a shape that is not known.", {
    cause: cause ?? new Error(text.slice(0, 1_000)),
    hint: "Update @nanoclaw/sandbox-apple-container: it may be older than this `container`.",
  });
}

/** As core knows it. Undefined for a container that this adapter did not make. */
export function sandboxRecord(row: ListedContainer): SandboxRecord | undefined {
  const remembered = rememberedIn(row.configuration.labels ?? {});
  if (!remembered) return undefined;
  const createdAt = Date.parse(row.configuration.creationDate ?? "");
  return {
    ...remembered,
    id: row.id,
    state: stateOf(row),
    createdAt: Number.isNaN(createdAt) ? 0 : createdAt,
  };
}

/** One that was made and not started is called stopped, too, and has no date of its start (§6.1). */
function stateOf({ status: { state, startedDate } }: ListedContainer): SandboxRecord["state"] {
  if (state !== "stopped") return "running";
  return startedDate === undefined ? "created" : "ended";
}

/** Where the host reaches the guest. Undefined without a network, or while it does not run. */
export function addressOf({ status }: ListedContainer): string | undefined {
  return status.networks?.[0]?.ipv4Address?.split("/")[0];
}
