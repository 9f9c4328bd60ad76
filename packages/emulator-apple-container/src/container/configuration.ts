/** What a container is made to be: the `configuration` of `list` and `inspect` (apple-container.md §6.1). */
export interface ContainerConfiguration {
  readonly id: string;
  readonly image: { readonly reference: string; readonly descriptor: ImageDescriptor };
  readonly initProcess: ProcessConfiguration;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly networks: readonly NetworkRequest[];
  /** Absent with `--no-dns`. */
  readonly dns?: Dns;
  readonly publishedPorts: readonly PublishedPort[];
  readonly publishedSockets: readonly PublishedSocket[];
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly resources: {
    readonly cpus: number;
    readonly memoryInBytes: number;
    readonly cpuOverhead: number;
    readonly storage?: number;
  };
  readonly rosetta: boolean;
  readonly virtualization: boolean;
  readonly ssh: boolean;
  readonly readOnly: boolean;
  readonly useInit: boolean;
  /** `CAP_…` or `ALL`. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly runtimeHandler: string;
  /** Bytes. Default 64 MiB. */
  readonly shmSize?: number;
  readonly stopSignal?: string;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  /** ISO 8601 without fractions of seconds. */
  readonly creationDate: string;
}

export interface ImageDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface ProcessConfiguration {
  readonly executable: string;
  readonly arguments: readonly string[];
  /** `NAME=VALUE` each; a name may stand twice. */
  readonly environment: readonly string[];
  readonly workingDirectory: string;
  readonly terminal: boolean;
  readonly user: ProcessUser;
  readonly supplementalGroups: readonly number[];
  readonly rlimits: readonly { readonly limit: string; readonly soft: number; readonly hard: number }[];
}

export type ProcessUser =
  | { readonly id: { readonly uid: number; readonly gid: number } }
  | { readonly raw: { readonly userString: string } };

export interface Mount {
  readonly type:
    | { readonly virtiofs: Record<string, never> }
    | { readonly tmpfs: Record<string, never> }
    | { readonly volume: { readonly name: string } & Record<string, unknown> };
  /** A path of the host; for a volume that of its image file. */
  readonly source: string;
  readonly destination: string;
  readonly options: readonly string[];
}

export interface NetworkRequest {
  readonly network: string;
  readonly options: { readonly hostname: string; readonly macAddress?: string; readonly mtu?: number };
}

export interface Dns {
  readonly nameservers: readonly string[];
  readonly domain?: string;
  readonly searchDomains: readonly string[];
  readonly options: readonly string[];
}

export interface PublishedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly proto: "tcp" | "udp";
  readonly count: number;
}

export interface PublishedSocket {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly permissions?: number;
}

/** What becomes of a container (§6.1); of a network it has one while it runs. */
export interface ContainerSnapshot {
  readonly id: string;
  readonly configuration: ContainerConfiguration;
  readonly status: {
    readonly state: "running" | "stopped";
    readonly networks: readonly NetworkAttachment[];
    readonly startedDate?: string;
  };
}

export interface NetworkAttachment {
  readonly network: string;
  readonly hostname: string;
  /** With the length of its prefix. */
  readonly ipv4Address: string;
  readonly ipv4Gateway: string;
  readonly macAddress?: string;
  readonly mtu?: number;
}
