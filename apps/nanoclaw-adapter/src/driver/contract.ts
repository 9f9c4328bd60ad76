/**
 * NanoClaw's own contract for session drivers, restated (`nanoclaw.md §2.11`): the host has the original, and types that
 * have the same members are the same to TypeScript. Names of members are the host's.
 */

/** One chat session of one group of one installation. At most one sandbox lives for it. */
export interface SessionKey {
  installSlug: string;
  agentGroupId: string;
  sessionId: string;
}

/** What a mount is for, which decides where on the host it may come from. */
export type MountClass =
  | "group-state"
  | "install-surface"
  | "identity-material"
  | "gateway-trust"
  | "allowlisted-extra";

export interface MountSpec {
  class: MountClass;
  hostPath: string;
  containerPath: string;
  mode: "rw" | "ro";
  /** The agent group that state belongs to. */
  groupScope: string;
}

export interface ContainerSpec {
  role: string;
  image: string;
  env: Record<string, string>;
  /** From providers and the gateway. Wins over `env`. */
  contributedEnv?: Record<string, string>;
  command?: string[];
  args?: string[];
  mounts: MountSpec[];
  labels?: Record<string, string>;
}

export interface SessionResources {
  memoryMb?: number;
  cpus?: string;
  pidsLimit?: number;
  shmSizeMb?: number;
}

/** Where the session's gateway is. Hosts before 2.4 do not say. */
export interface NetworkAccess {
  endpoint: string;
  target:
    | { kind: "host" }
    | { kind: "runtime"; identity: string }
    | { kind: "session-container"; role: string };
}

export interface SessionSpec {
  key: SessionKey;
  labels: Record<string, string>;
  containers: ContainerSpec[];
  network: "shared-private" | "none";
  networkAccess?: NetworkAccess;
  hardening: "standard";
  resources: SessionResources;
  runtimeTier: "container" | "vm";
  runAs?: { uid: number; gid: number };
  stopGraceSeconds: number;
}

export type SessionFailure =
  | { kind: "spec-invalid"; retryable: false; detail: string }
  | { kind: "denied-by-policy"; retryable: false; detail: string }
  | { kind: "image-unavailable"; retryable: true }
  | { kind: "runtime-unavailable"; retryable: true }
  | { kind: "resources-exhausted"; retryable: true }
  | { kind: "started-then-died"; retryable: false; exitCode?: number }
  | { kind: "unknown"; retryable: false; opaqueRef: string };

export type SessionStatus =
  | { phase: "preparing" }
  | { phase: "ready" }
  | { phase: "running" }
  | { phase: "stopped" }
  | { phase: "failed"; failure: SessionFailure };

export type SessionPhase = "starting" | "running" | "terminal";

export interface SessionSnapshot {
  handle: SessionHandle;
  phase: SessionPhase;
  failure?: SessionFailure;
}

/** A hint that something may have changed, never the truth. */
export interface SessionEvent {
  key: SessionKey;
  kind: "terminal" | "phase" | "hint";
}

export interface SessionWatch {
  stop(): void;
}

/** A command line for a terminal of the caller's. */
export interface SessionExecSpec {
  bin: string;
  argsTty: string[];
  argsPlain: string[];
}

export interface SessionHandle {
  key: SessionKey;
  readonly name: string;
  start(): Promise<void>;
  status(): Promise<SessionStatus>;
  stop(reason: string): Promise<void>;
  execSpec(command: string[]): SessionExecSpec;
}

export interface DriverCapabilities {
  isolationTiers: ("container" | "vm")[];
  admissionEnforced: boolean;
  networkPolicy: "topology" | "declarative";
  encryptedVolumes: boolean;
  unrealized: readonly (keyof SessionResources)[];
  sharedNetworkNamespace: boolean;
  auxiliaryContainers: boolean;
  imageBuild: boolean;
}

export interface SessionDriver {
  readonly kind: string;
  capabilities(): DriverCapabilities;
  ensureReady?(): Promise<void>;
  prepare(spec: SessionSpec): Promise<SessionHandle>;
  listSessions(installSlug: string): Promise<SessionSnapshot[]>;
  watchSessions(installSlug: string, onEvent: (event: SessionEvent) => void): SessionWatch;
  reapResidue?(installSlug: string): Promise<void>;
}

/** Where on the host mounts may come from. */
export interface MountPolicy {
  groupsRoot: string;
  dataRoot: string;
  surfaceRoots: string[];
  materialsRoot: string;
  /** Hosts before 2.4 have none. */
  gatewayTrustRoot?: string;
}
