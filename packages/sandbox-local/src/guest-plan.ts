import { existsSync, readFileSync, realpathSync } from "node:fs";
import { type CreateRequest, type Limits, SandboxError } from "@nanoclaw/sandbox/adapter";
import { type GuestPlan, guestUser } from "./arguments.js";
import { guestFiles } from "./guest-files.js";
import type { Host } from "./host.js";
import { mustMakeWorkdir, planMounts } from "./mounts.js";

const defaultWorkdir = "/work";

/** What commands find in their environment beside what the request adds. Nothing of it is the host's. */
const baseEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: guestUser.home,
  USER: guestUser.name,
  LOGNAME: guestUser.name,
  LANG: "C.UTF-8",
};

/** Lays out the guest, or refuses what cannot be laid out as it was asked for. Makes nothing. */
export async function planGuest(
  request: CreateRequest,
  host: Host,
  stateDirectory: string,
): Promise<GuestPlan> {
  const { network, workdir = defaultWorkdir, limits } = request;
  if (typeof network !== "string") throw unsupported("network.allow", 'Use network: "none" or "open".');
  if (request.image !== undefined) throw unsupported("image", "The guest has the host's programs.");
  if (request.user !== undefined) throw unsupported("user", `Everything runs as ${guestUser.name}.`);
  if (request.ports.length > 0 && network === "none") {
    throw unsupported("ports without network", 'Use network: "open", where its ports are ports of the host.');
  }
  const mounts = await planMounts(request.mounts, host.system, stateDirectory);
  // What the host resolves names by is its business unless the guest is on its network.
  const [hosts, resolver] = network === "open" ? namesOfHost() : [];
  return {
    hostname: request.id,
    network,
    environment: { ...baseEnvironment, ...request.env },
    system: [
      ...host.system,
      ...(resolver === undefined
        ? []
        : [{ kind: "bind" as const, path: "/etc/resolv.conf", source: resolver }]),
    ],
    files: guestFiles(request.id, hosts),
    mounts,
    workdir,
    makeWorkdir: await mustMakeWorkdir(workdir, host.system, mounts),
    ...sizes(limits),
  };
}

/**
 * Files are memory. Under a limit of memory they get half of it, as the kernel would give them half of all: the
 * guest finds its disk full before the kernel, which cannot free files, kills everything.
 */
function sizes({ diskGiB, memoryMiB }: Limits): Pick<GuestPlan, "diskBytes" | "sharedMemoryBytes"> {
  const half = memoryMiB === undefined ? undefined : memoryMiB * 2 ** 19;
  return { diskBytes: diskGiB === undefined ? half : Math.floor(diskGiB * 2 ** 30), sharedMemoryBytes: half };
}

/** The host's `/etc/hosts`, and where its `/etc/resolv.conf` really is. */
function namesOfHost(): [hosts: string | undefined, resolver: string | undefined] {
  return [
    existsSync("/etc/hosts") ? readFileSync("/etc/hosts", "utf8") : undefined,
    existsSync("/etc/resolv.conf") ? realpathSync("/etc/resolv.conf") : undefined,
  ];
}

function unsupported(what: string, hint: string): SandboxError {
  return new SandboxError("unsupported", `local cannot do ${what}.`, { hint });
}
