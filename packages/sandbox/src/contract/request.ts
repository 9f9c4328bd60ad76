/** A directory or file of the host that the guest sees. */
export interface Mount {
  /** Absolute path on the host. It must exist. */
  readonly source: string;
  /** Absolute path in the guest. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface Limits {
  /** CPUs, fractions allowed. */
  readonly cpuCount?: number;
  /** Memory in MiB, swap included. */
  readonly memoryMiB?: number;
  /** Writable space in GiB. */
  readonly diskGiB?: number;
  /** Processes and threads at one time. */
  readonly pidCount?: number;
}

/** `open`: the engine's usual way out. `none`: loopback only. `allow`: only these hosts. */
export type Network = "open" | "none" | { readonly allow: readonly string[] };

/** `owner`: gone when the creating process is gone. `ttlMs`: gone after this many milliseconds, owner or not. */
export type Lifetime = "owner" | { readonly ttlMs: number };

/** Who made a sandbox: enough to tell, later, whether that process still lives. */
export interface Owner {
  /** Random id of this installation, kept in the user's state directory. */
  readonly installation: string;
  readonly pid: number;
  /** Start of that process as the host's kernel tells it, so that a reused pid is not mistaken for it. */
  readonly startedAt: string;
  /** The host's boot id and pid namespace: elsewhere the pid means nothing. */
  readonly host: string;
}

/** A request to create, validated and complete. Secrets are not in it: they go to commands only. */
export interface CreateRequest {
  /** Chosen by core before the first side effect: lower-case letters, digits and `-`, unique. The engine's name for the sandbox. */
  readonly id: string;
  /** The name that the user gave, if any. Unique on the engine among living sandboxes. */
  readonly name?: string;
  readonly image?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly user?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly limits: Limits;
  readonly network: Network;
  /** Guest ports that must be reachable through `ports.open`. */
  readonly ports: readonly number[];
  readonly lifetime: Lifetime;
  /** Milliseconds since the epoch, with a lifetime of `ttlMs`. */
  readonly expiresAt?: number;
  readonly owner: Owner;
  /**
   * With `commands: "shell"`: what the sandbox's main process must be, started with a pipe as standard
   * input whose other end this process holds. When the pipe closes the main process ends, and with it
   * everything in the sandbox.
   */
  readonly mainCommand: readonly string[];
}

/** A sandbox as its engine remembers it. */
export interface SandboxRecord {
  readonly id: string;
  readonly name?: string;
  readonly image?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `created`: made and not yet started. */
  readonly state: "created" | "running" | "ended";
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly owner: Owner;
}
