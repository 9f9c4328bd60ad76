/**
 * What NanoClaw 2.4 has as the types of its drivers, restated: the members and their kinds, apart from ours, so that a
 * difference is an error of the compiler. With what newer hosts demand and older ones do not have.
 */

export interface Key {
  installSlug: string;
  agentGroupId: string;
  sessionId: string;
}

interface HostMount {
  class: "group-state" | "install-surface" | "identity-material" | "gateway-trust" | "allowlisted-extra";
  hostPath: string;
  containerPath: string;
  mode: "rw" | "ro";
  groupScope: string;
}

interface HostContainer {
  role: string;
  image: string;
  env: Record<string, string>;
  contributedEnv?: Record<string, string>;
  command?: string[];
  args?: string[];
  mounts: HostMount[];
  labels?: Record<string, string>;
}

interface HostResources {
  memoryMb?: number;
  cpus?: string;
  pidsLimit?: number;
  shmSizeMb?: number;
}

export interface HostSpec {
  key: Key;
  labels: Record<string, string>;
  containers: HostContainer[];
  network: "shared-private" | "none";
  networkAccess: {
    endpoint: string;
    target:
      | { kind: "host" }
      | { kind: "runtime"; identity: string }
      | { kind: "session-container"; role: string };
  };
  hardening: "standard";
  resources: HostResources;
  runtimeTier: "container" | "vm";
  runAs?: { uid: number; gid: number };
  stopGraceSeconds: number;
}

type HostFailure =
  | { kind: "spec-invalid" | "denied-by-policy"; retryable: false; detail: string }
  | { kind: "image-unavailable" | "runtime-unavailable" | "resources-exhausted"; retryable: true }
  | { kind: "started-then-died"; retryable: false; exitCode?: number }
  | { kind: "unknown"; retryable: false; opaqueRef: string };

type HostStatus =
  | { phase: "preparing" | "ready" | "running" | "stopped" }
  | { phase: "failed"; failure: HostFailure };

export interface HostHandle {
  key: Key;
  readonly name: string;
  start: () => Promise<void>;
  status: () => Promise<HostStatus>;
  stop: (reason: string) => Promise<void>;
  execSpec: (command: string[]) => { bin: string; argsTty: string[]; argsPlain: string[] };
}

interface HostCapabilities {
  isolationTiers: ("container" | "vm")[];
  admissionEnforced: boolean;
  networkPolicy: "topology" | "declarative";
  encryptedVolumes: boolean;
  unrealized: readonly (keyof HostResources)[];
  sharedNetworkNamespace: boolean;
  auxiliaryContainers: boolean;
  imageBuild: boolean;
}

interface HostSnapshot {
  handle: HostHandle;
  phase: "starting" | "running" | "terminal";
  failure?: HostFailure;
}

/** With functions as properties, which the compiler compares more strictly than methods. */
export interface HostDriver {
  readonly kind: string;
  capabilities: () => HostCapabilities;
  ensureReady?: () => Promise<void>;
  reconcileNetworkAccess?: (access: HostSpec["networkAccess"]) => Promise<void>;
  prepare: (spec: HostSpec) => Promise<HostHandle>;
  listSessions: (installSlug: string) => Promise<HostSnapshot[]>;
  watchSessions: (
    installSlug: string,
    onEvent: (event: { key: Key; kind: "terminal" | "phase" | "hint" }) => void,
  ) => { stop: () => void };
  reapResidue?: (installSlug: string) => Promise<void>;
}

export interface HostMountPolicy {
  groupsRoot: string;
  dataRoot: string;
  surfaceRoots: string[];
  materialsRoot: string;
  gatewayTrustRoot: string;
}
