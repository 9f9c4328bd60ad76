import type { KeptSettings } from "./arguments.js";

// The parts of the engine's answers that are read here.

/** What the engine gave for a container that it made. */
export interface Created {
  readonly Id: string;
  readonly Warnings?: readonly string[] | null;
}

export interface InspectedContainer {
  readonly Name: string;
  readonly Created: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly FinishedAt: string;
  };
  readonly HostConfig: KeptSettings;
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
}

export interface ListedContainer {
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: string;
  /** Seconds since the epoch. */
  readonly Created: number;
}

export interface InspectedExec {
  readonly Running: boolean;
  /** Null until it has ended. */
  readonly ExitCode: number | null;
  readonly Pid: number;
}

export interface InspectedImage {
  readonly Id: string;
  readonly Config: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly WorkingDir?: string;
    readonly User?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly RepoDigests?: readonly string[] | null;
}
