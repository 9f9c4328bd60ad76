import type { Isolation } from "./contract/capabilities.js";
import type { SandboxEvent } from "./contract/event.js";
import type { Lifetime, Limits, Network } from "./contract/request.js";

/** A mount as a caller writes it. */
export interface MountOption {
  /** Absolute path of a directory or file on the host. It must exist. */
  source: string;
  /** Absolute path in the guest. */
  target: string;
  /** Default: true. */
  readOnly?: boolean;
}

export interface CreateOptions {
  /** Default: the adapter's. */
  image?: string;
  /** Letters, digits, `_`, `.` and `-`, 2–63 characters, unique on the engine. Default: none, the id serves. */
  name?: string;
  /** Added to the image's environment. The engine may record it: what must stay secret goes to `secrets`. */
  env?: Record<string, string>;
  /** Working directory in the guest, made where it is missing. Default: the image's. */
  workdir?: string;
  /** Default: the image's user. */
  user?: string;
  /** Kept with the sandbox and given back by `listSandboxes`. */
  labels?: Record<string, string>;
  /** In the environment of commands and nowhere else: no argument list, record, log, event, error or file. */
  secrets?: Record<string, string>;
  mounts?: MountOption[];
  limits?: Limits;
  /** Default: `open`. */
  network?: Network;
  /** Ports of the guest that `ports.open` will be asked for, for engines that publish at create only. */
  ports?: number[];
  /** Default: `owner`. */
  lifetime?: Lifetime;
  /** Refuses an engine with a weaker wall. */
  requires?: { isolation?: Isolation };
  onEvent?: (event: SandboxEvent) => void;
  signal?: AbortSignal;
  /** For the whole of create, the pull of an image included. Default: 300 000. */
  timeoutMs?: number;
}
