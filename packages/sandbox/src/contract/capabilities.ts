/** How strong the wall is. Ordered: `none` < `process` < `container` < `vm`. */
export type Isolation = "none" | "process" | "container" | "vm";

const isolationOrder: readonly Isolation[] = ["none", "process", "container", "vm"];

/** True when `isolation` is at least as strong as `required`. */
export function isAtLeast(isolation: Isolation, required: Isolation): boolean {
  return isolationOrder.indexOf(isolation) >= isolationOrder.indexOf(required);
}

/** What a provider can do, as data. Everything is off until it is declared. */
export interface Capabilities {
  readonly isolation: Isolation;
  /**
   * Who carries commands. `shell`: core runs a main shell in the sandbox and passes commands over its pipe.
   * `engine`: each command is a process that the engine starts, and `RawProcess.kill` ends its whole tree.
   */
  readonly commands: "shell" | "engine";
  /** `image` chooses what the guest is made of. */
  readonly images: boolean;
  /** `user`, at create and for each command. */
  readonly users: boolean;
  /** `tty` for `spawn`. */
  readonly terminals: boolean;
  readonly mounts: {
    readonly directories: boolean;
    readonly files: boolean;
    readonly readOnly: boolean;
    /** A mount whose target lies inside the target of another, with another mode. */
    readonly nested: boolean;
  };
  readonly limits: {
    readonly cpuCount: boolean;
    readonly memoryMiB: boolean;
    readonly diskGiB: boolean;
    readonly pidCount: boolean;
  };
  readonly network: {
    readonly open: boolean;
    readonly none: boolean;
    /** `network: { allow: [...] }`. */
    readonly allow: boolean;
    /** With `open`, the guest has the host's own interfaces, its loopback services among them. */
    readonly sharedWithHost: boolean;
  };
  /** When ports can be opened: named at create only, at any time, or never. */
  readonly ports: "never" | "create" | "anytime";
  /** `lifetime: { ttlMs }` and `keep()`. */
  readonly keep: boolean;
  /** `attachSandbox`, from another process too. */
  readonly attach: boolean;
  readonly stats: boolean;
  readonly snapshots: boolean;
  readonly pause: boolean;
}

/** A nested part may be declared in part. */
export type DeclaredCapabilities = {
  readonly [K in keyof Capabilities]?: Capabilities[K] extends object
    ? Partial<Capabilities[K]>
    : Capabilities[K];
};

/** Completes a declaration with "off" and freezes it. */
export function defineCapabilities(declared: DeclaredCapabilities): Capabilities {
  return Object.freeze({
    isolation: declared.isolation ?? "none",
    commands: declared.commands ?? "engine",
    images: declared.images ?? false,
    users: declared.users ?? false,
    terminals: declared.terminals ?? false,
    mounts: Object.freeze({
      directories: false,
      files: false,
      readOnly: false,
      nested: false,
      ...declared.mounts,
    }),
    limits: Object.freeze({
      cpuCount: false,
      memoryMiB: false,
      diskGiB: false,
      pidCount: false,
      ...declared.limits,
    }),
    network: Object.freeze({
      open: false,
      none: false,
      allow: false,
      sharedWithHost: false,
      ...declared.network,
    }),
    ports: declared.ports ?? "never",
    keep: declared.keep ?? false,
    attach: declared.attach ?? false,
    stats: declared.stats ?? false,
    snapshots: declared.snapshots ?? false,
    pause: declared.pause ?? false,
  });
}
