import type { Readable } from "node:stream";
import type { Capabilities } from "./capabilities.js";
import type { AdapterEvent } from "./event.js";
import type { ProcessSpec, RawProcess } from "./process.js";
import type { CreateRequest, SandboxRecord } from "./request.js";

/** Goes with every call from core to an adapter. */
export interface CallContext {
  /**
   * Aborted by the caller or by the deadline that core sets for every call. The reason is the
   * `SandboxError` to reject with. An adapter passes it on to whatever it waits for.
   */
  readonly signal: AbortSignal;
  emit(event: AdapterEvent): void;
}

/** What was found when the engine was looked for. */
export interface EngineReport {
  readonly available: boolean;
  readonly version?: string;
  /** Socket, path or address, as a person would write it. */
  readonly endpoint?: string;
  /** What is missing or will not work, each with what to do about it. */
  readonly problems: readonly { readonly message: string; readonly hint?: string }[];
  /** More facts for `sandbox doctor`, in order. */
  readonly details: Readonly<Record<string, string>>;
}

export interface SandboxStats {
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly cpuSeconds?: number;
  readonly pidCount?: number;
  readonly networkReceivedBytes?: number;
  readonly networkSentBytes?: number;
}

/** A way from the host to a port of the guest. */
export interface OpenedPort {
  /** Where the host reaches it: an address, usually 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  close?(): Promise<void>;
}

/** Moves trees as tar streams by the engine's own means, where that beats `tar` in the guest. */
export interface ArchiveTransfer {
  /** Unpacks into a directory of the guest that exists. */
  unpack(directory: string, tar: Readable, context: CallContext): Promise<void>;
  /** Packs a file or directory of the guest; entries are named from its last part on. */
  pack(path: string, context: CallContext): Promise<Readable>;
}

/** One living sandbox, as an adapter gives it to core. */
export interface SandboxDriver {
  readonly id: string;
  /** With `commands: "shell"`, after create: the main process. Absent after attach. */
  readonly main?: RawProcess;
  /** Starts a process in the guest. A missing program, user or directory rejects or exits as in `exec` (126, 127). */
  spawn(spec: ProcessSpec, context: CallContext): Promise<RawProcess>;
  /** Where `stats` is declared. */
  stats?(context: CallContext): Promise<SandboxStats>;
  /** How often the kernel killed in this sandbox for want of memory, ever. Where the engine can tell. */
  outOfMemoryKills?(context: CallContext): Promise<number>;
  /** Where `ports` is declared. */
  openPort?(port: number, context: CallContext): Promise<OpenedPort>;
  readonly archive?: ArchiveTransfer;
  /** Lets go: closes what this process holds. The sandbox lives on where its lifetime allows. */
  detach(): Promise<void>;
  /**
   * Ends it. Returns when the engine no longer knows the sandbox (G4). A sandbox that is already gone is
   * success. May be called during any other call, and again after a failure.
   */
  destroy(context: CallContext): Promise<void>;
}

/** How a fresh Node process makes the same provider again, to clean up after its owner was killed. */
export interface Recovery {
  /** File URL of a module. */
  readonly module: string;
  /** Name of the export that makes the provider from `options`. */
  readonly factory: string;
  /** Anything JSON can carry. Holds no secrets. */
  readonly options: unknown;
}

/** An engine behind the contract. Making one has no side effects and does not wait. */
export interface SandboxProvider {
  /** As in `loadProvider(name)`. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** The guest's POSIX shell. Default: `/bin/sh`. */
  readonly shell?: string;
  /** Absent: the engine ends sandboxes itself when their owner dies, at any moment of create. */
  readonly recovery?: Recovery;
  /** Looks whether the engine is there. Absence is a report; it rejects only when aborted. */
  probe(context: CallContext): Promise<EngineReport>;
  /**
   * Makes a sandbox and starts it. It settles only when no call of its own to the engine is under way;
   * after a rejection core calls `remove`, so clean-up is not its business.
   */
  create(request: CreateRequest, context: CallContext): Promise<SandboxDriver>;
  /** Where `attach` is declared. By id; rejects with `sandbox_not_found`. */
  attach?(id: string, context: CallContext): Promise<SandboxDriver>;
  /** The sandboxes of this installation, whoever owns them and whatever their state. */
  list(installation: string, context: CallContext): Promise<SandboxRecord[]>;
  /**
   * Removes by id whatever `create` may have made, in any state. Returns when the engine no longer knows it.
   * An id that the engine does not know is success; an id that is not ours rejects (G10).
   */
  remove(id: string, installation: string, context: CallContext): Promise<void>;
}
