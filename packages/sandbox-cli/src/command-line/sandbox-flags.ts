import type { CreateOptions, MountOption } from "@nanoclaw/sandbox";
import type { Isolation } from "@nanoclaw/sandbox/adapter";
import { readEnvironment } from "./environment.js";
import { readLabels } from "./labels.js";
import { readSecrets } from "./secrets.js";

/** What `run` and `create` take to describe a sandbox, as commander gives it. */
export interface SandboxFlags {
  readonly image?: string;
  readonly name?: string;
  readonly env?: string[];
  readonly envFile?: string[];
  readonly secret?: string[];
  readonly mount?: MountOption[];
  readonly workdir?: string;
  readonly user?: string;
  readonly label?: string[];
  readonly cpus?: number;
  readonly memory?: number;
  readonly disk?: number;
  readonly pids?: number;
  readonly network?: "open" | "none";
  readonly port?: number[];
  readonly requireIsolation?: Isolation;
}

/** The same as core wants it. Values of the host are read here; nothing has been made yet. */
export function createOptionsFrom(flags: SandboxFlags): CreateOptions {
  const limits = defined({
    cpuCount: flags.cpus,
    memoryMiB: flags.memory,
    diskGiB: flags.disk,
    pidCount: flags.pids,
  });
  return defined({
    image: flags.image,
    name: flags.name,
    env: readEnvironment(flags),
    secrets: readSecrets(flags.secret),
    mounts: flags.mount,
    workdir: flags.workdir,
    user: flags.user,
    labels: readLabels(flags.label),
    limits,
    network: flags.network,
    ports: flags.port,
    requires: flags.requireIsolation && { isolation: flags.requireIsolation },
  });
}

/** Without the properties that are undefined, so that the adapter's defaults hold. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
