import type { TestImageName } from "../images/test-images.js";

export interface EngineOptions {
  /** Milliseconds until the engine must answer. Default: 30 000. */
  readonly timeoutMs?: number;
  /** Where the engine's directory is made. Default: the system's directory for temporary files. */
  readonly parentDirectory?: string;
}

/** A real engine that belongs to this process and ends with it, however this process ends. */
export interface TestEngine extends AsyncDisposable {
  readonly kind: "docker" | "podman";
  /** The path of the unix socket on which the Docker Engine API is served. */
  readonly socketPath: string;
  /** `unix://` and the path, as `DOCKER_HOST` has it. */
  readonly dockerHost: string;
  /** The engine's own version, such as `20.10.24`. */
  readonly version: string;
  /** The version of the Docker Engine API that it speaks, such as `1.41`. */
  readonly apiVersion: string;
  /** The daemon's process id on the host. Changes by `restart`; throws while no daemon runs. */
  readonly pid: number;
  /** Holds all that the engine has on disk, and is gone after `stop`. */
  readonly directory: string;
  readonly dataRoot: string;
  /** Podman's is in the engine's own mount namespace, where it has a `/run` to itself. */
  readonly execRoot: string;
  /** What the daemon wrote. */
  readonly logPath: string;
  /** The bridge of the default network, on the host. */
  readonly bridge: string;
  /** Puts one image there. Takes nothing from any registry; an image that is there already costs one request. */
  importImage(name: TestImageName): Promise<void>;
  /** Puts several there at once, which is quicker: what they share is sent once. Default: all but `node`. */
  importAll(names?: readonly TestImageName[]): Promise<void>;
  /**
   * The host's id of a process, from the id that the engine gives (`State.Pid`, `top`): engines here have process
   * ids of their own. Undefined when there is no such process.
   */
  hostPid(enginePid: number): number | undefined;
  /** Stops the daemon by SIGSTOP: its socket goes on accepting connections, and never answers. */
  pause(): void;
  /** Lets a paused daemon go on. */
  resume(): void;
  /** Kills the daemon by SIGKILL, and nothing else: containers live on. Returns when it is gone. */
  kill(): Promise<void>;
  /** Starts a daemon that was killed, on the same socket and data. Returns when it answers. */
  restart(): Promise<void>;
  /**
   * Ends the engine with its containers and removes all that it made on this host. Calling it again is fine.
   *
   * @throws When anything is left, with a list.
   */
  stop(): Promise<void>;
}
