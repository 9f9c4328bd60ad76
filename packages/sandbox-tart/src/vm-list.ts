import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** A row of `tart list`. */
export interface ListedVm {
  readonly source: "local" | "oci";
  readonly name: string;
  readonly state: "running" | "suspended" | "stopped";
}

/** What `tart get` tells. */
export interface VmFacts {
  readonly os: "darwin" | "linux";
  readonly cpuCount: number;
  readonly memoryMiB: number;
  /** Of 10^9 bytes. Null where Tart could not tell. */
  readonly diskGb: number | null;
  readonly state: ListedVm["state"];
}

/** Reads `tart list --format json`, of any release. Throws `adapter_fault` for what is none. */
export function parseList(text: string): ListedVm[] {
  const rows = parseJson("list", text);
  if (!Array.isArray(rows)) throw unreadable("list", text);
  return rows.map((row: unknown) => {
    const { Source, Name, Running, State } = (row ?? {}) as Record<string, unknown>;
    if (typeof Source !== "string" || typeof Name !== "string") throw unreadable("list", text);
    // Releases before 2.0 wrote the second one in lower case.
    const source = Source.toLowerCase() === "oci" ? "oci" : "local";
    return { source, name: Name, state: stateFrom(State, Running) };
  });
}

/** Reads `tart get --format json`. Throws `adapter_fault` for what is none. */
export function parseFacts(text: string): VmFacts {
  const facts = (parseJson("get", text) ?? {}) as Record<string, unknown>;
  const { OS, CPU, Memory, Disk, State, Running } = facts;
  if ((OS !== "darwin" && OS !== "linux") || typeof CPU !== "number" || typeof Memory !== "number") {
    throw unreadable("get", text);
  }
  return {
    os: OS,
    cpuCount: CPU,
    memoryMiB: Memory,
    diskGb: typeof Disk === "number" ? Disk : null,
    state: stateFrom(State, Running),
  };
}

/** The row of a local machine of this name. */
export function localVm(rows: readonly ListedVm[], name: string): ListedVm | undefined {
  return rows.find((row) => row.source === "local" && row.name === name);
}

function stateFrom(state: unknown, running: unknown): ListedVm["state"] {
  if (state === "running" || running === true) return "running";
  return state === "suspended" ? "suspended" : "stopped";
}

function parseJson(command: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(command, text, cause);
  }
}

function unreadable(command: string, text: string, cause?: unknown): SandboxError {
  const start = text.trim().slice(0, 200);
  return new SandboxError("adapter_fault", `tart ${command} gave something else than expected: ${start}`, {
    cause,
    hint: "Update the adapter: this Tart may be newer than it.",
  });
}
