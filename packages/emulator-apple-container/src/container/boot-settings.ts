import { standardPaths } from "../options/guarded-paths.js";
import type { ContainerConfiguration } from "./configuration.js";
import type { GuestMount } from "./guest-mounts.js";
import { processSettings } from "./process-settings.js";
import type { HelperSettings } from "./settings-text.js";

const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;

export interface BootOptions {
  /** The container's own files. */
  readonly root: string;
  readonly mounts: readonly GuestMount[];
  readonly interactive: boolean;
  readonly controlGroups: readonly string[];
  /** Who asks for names, where the container has a network. */
  readonly gateway: string;
  /** Its own, where it has one. */
  readonly address?: string;
}

/** What `guest/container.pl` is told of a container and its first process. */
export function bootSettings(configuration: ContainerConfiguration, options: BootOptions): HelperSettings {
  const hostname = hostnameOf(configuration.id);
  return {
    ...processSettings(configuration.initProcess, configuration),
    root: options.root,
    interactive: options.interactive,
    cgroup: options.controlGroups,
    hostname,
    init: configuration.useInit,
    sealed: configuration.readOnly,
    shm: configuration.shmSize ?? DEFAULT_SHM_BYTES,
    masked: configuration.maskedPaths ?? standardPaths["masked-path"],
    readonly: configuration.readonlyPaths ?? standardPaths["read-only-path"],
    share: options.mounts.flatMap((mount) =>
      mount.kind === "share" ? [`${mount.readOnly ? "ro" : "rw"} ${mount.destination}\n${mount.source}`] : [],
    ),
    tmpfs: options.mounts.flatMap((mount) =>
      mount.kind === "tmpfs" ? [`${mount.options.join(",")} ${mount.destination}`] : [],
    ),
    file: [
      `/etc/hostname\n${hostname}\n`,
      `/etc/hosts\n${hosts(hostname, options.address)}`,
      ...(configuration.dns === undefined
        ? []
        : [`/etc/resolv.conf\n${resolver(configuration.dns, options.gateway)}`]),
    ],
  };
}

/** The first label of the name (§4.4). */
function hostnameOf(id: string): string {
  return id.split(".")[0] ?? id;
}

function hosts(hostname: string, address = "127.0.0.1"): string {
  return ["127.0.0.1 localhost", "::1 localhost", `${address} ${hostname}`, ""].join("\n");
}

function resolver(dns: NonNullable<ContainerConfiguration["dns"]>, gateway: string): string {
  const servers = dns.nameservers.length === 0 ? [gateway] : dns.nameservers;
  return [
    ...servers.map((server) => `nameserver ${server}`),
    ...(dns.domain === undefined ? [] : [`domain ${dns.domain}`]),
    ...(dns.searchDomains.length === 0 ? [] : [`search ${dns.searchDomains.join(" ")}`]),
    ...(dns.options.length === 0 ? [] : [`options ${dns.options.join(" ")}`]),
    "",
  ].join("\n");
}
