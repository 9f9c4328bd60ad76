import { type CreateRequest, type Mount, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Settings } from "./options.js";
import { labelsOf } from "./records.js";

/** The body of the engine's create call. Throws `invalid_argument` and `unsupported`. */
export function containerBody(
  request: CreateRequest,
  settings: Settings,
  engine: { readonly init: boolean; readonly podman: boolean },
): object {
  const { limits } = request;
  const image = request.image ?? settings.defaultImage;
  const memory = limits.memoryMiB === undefined ? undefined : bytes(limits.memoryMiB);
  const [program, ...programArguments] = settings.main ?? request.mainCommand;
  // Outer ones first, or they would cover those inside.
  const mounts = [...request.mounts].sort((a, b) => depth(a) - depth(b));
  const asBind = (mount: Mount) => engine.podman && isOddForPodman(mount);
  // What is undefined is not sent.
  return {
    Image: image,
    // Podman takes an empty one for the image's own.
    Entrypoint: [program],
    Cmd: programArguments,
    Env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: request.workdir,
    User: request.user,
    Labels: labelsOf(request, image),
    // The leash: the attach connection is the only writer of standard input, and its end is the end of input.
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    // A check that the image brings would run commands of its own.
    Healthcheck: { Test: ["NONE"] },
    ExposedPorts: Object.fromEntries(request.ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      AutoRemove: true,
      Init: engine.init,
      // What the guest prints comes over the attach connection; a log of it would fill the host's disk.
      LogConfig: { Type: "none" },
      NetworkMode: networkMode(request),
      PortBindings: Object.fromEntries(
        request.ports.map((port) => [`${port}/tcp`, [{ HostIp: "127.0.0.1", HostPort: "" }]]),
      ),
      Mounts: mounts.filter((mount) => !asBind(mount)).map(engineMount),
      Binds: mounts.filter(asBind).map(engineBind),
      CapAdd: settings.capAdd,
      CapDrop: settings.capDrop,
      SecurityOpt: settings.noNewPrivileges ? ["no-new-privileges"] : [],
      PidsLimit: limits.pidCount ?? settings.defaultPidCount,
      NanoCpus: limits.cpuCount === undefined ? undefined : nanoCpus(limits.cpuCount),
      // The same figure twice: memory, and memory with swap, so that swap adds nothing.
      Memory: memory,
      MemorySwap: memory,
      StorageOpt: limits.diskGiB === undefined ? undefined : { size: String(bytes(limits.diskGiB * 1024)) },
      ReadonlyRootfs: settings.readOnlyRootfs,
      Tmpfs: settings.readOnlyRootfs ? { "/tmp": "rw,nosuid,nodev,exec,mode=1777" } : undefined,
      ShmSize: settings.sharedMemoryMiB === undefined ? undefined : bytes(settings.sharedMemoryMiB),
      Runtime: settings.runtime,
    },
  };
}

const bytes = (mebibytes: number): number => Math.round(mebibytes * 1024 * 1024);

function nanoCpus(cpuCount: number): number {
  // Below this the kernel has no share to give, and an engine may leave the limit out without a word.
  if (cpuCount < 0.01) {
    throw new SandboxError("invalid_argument", `cpuCount must be at least 0.01, not ${cpuCount}.`);
  }
  return Math.round(cpuCount * 1e9);
}

function networkMode({ network, ports }: CreateRequest): string {
  if (network === "none") {
    if (ports.length > 0) {
      throw new SandboxError("invalid_argument", 'A sandbox with network "none" has no ports to open.');
    }
    return "none";
  }
  if (network === "open") return "default";
  throw new SandboxError("unsupported", "The Docker adapter has no allow-lists for the network.", {
    hint: 'Use network "none", or "open" behind a proxy of your own.',
  });
}

const depth = ({ target }: Mount): number => target.split("/").filter(Boolean).length;

function engineMount({ source, target, readOnly }: Mount): object {
  return {
    Type: "bind",
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    // Read-only is not passed on to what the host has mounted below the source: that stays out instead.
    BindOptions: { NonRecursive: readOnly, Propagation: "rprivate" },
  };
}

/** Podman makes one text of a mount, parts between commas, and takes it apart again as CSV. */
export function isOddForPodman({ source, target }: Mount): boolean {
  return /[",]/.test(source + target);
}

/** The older form, which Podman takes apart at colons. */
function engineBind(mount: Mount): string {
  const { source, target, readOnly } = mount;
  if (`${source}${target}`.includes(":")) {
    throw new SandboxError("unsupported", `Podman cannot mount a path with these characters: ${source}`, {
      hint: "Rename it so that it has no colon, or neither comma nor quote.",
    });
  }
  return `${source}:${target}:${readOnly ? "ro,bind" : "rw,rbind"},rprivate`;
}

/** The first setting that the engine, read back, has not kept as the body asked for it. */
export function unkeptSetting(body: object, kept: KeptSettings): string | undefined {
  const { HostConfig: asked } = body as { HostConfig: KeptSettings };
  const exact = [
    "NanoCpus",
    "Memory",
    "MemorySwap",
    "PidsLimit",
    "ShmSize",
    "ReadonlyRootfs",
    "AutoRemove",
  ] as const;
  const changed = exact.find((name) => asked[name] !== undefined && kept[name] !== asked[name]);
  if (changed) return changed;
  // Engines have names of their own for the usual network.
  if (asked.NetworkMode === "none" && kept.NetworkMode !== "none") return "NetworkMode";
  const unkept = asked.SecurityOpt?.find((option) => !kept.SecurityOpt?.includes(option));
  return unkept === undefined ? undefined : `SecurityOpt ${unkept}`;
}

/** What the engine, read back, says of a container's settings. */
export interface KeptSettings {
  readonly NanoCpus?: number;
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly PidsLimit?: number;
  readonly ShmSize?: number;
  readonly ReadonlyRootfs?: boolean;
  readonly AutoRemove?: boolean;
  readonly NetworkMode?: string;
  readonly SecurityOpt?: readonly string[] | null;
}
