import { type CreateRequest, type Mount, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { ListedContainer } from "./container-list.js";
import { startScript } from "./guest-start.js";
import type { Settings } from "./options.js";
import { labelsOf } from "./records.js";

/** Less is refused by the service (apple-container.md §4.3). */
const leastMemoryMiB = 200;
/** What `--mount` takes apart (§10.2), and `-v` would (§10.3). */
const mountSeparators = /[,=:]/;

type Sources = Pick<CreateRequest, "mounts">;

/** Throws for what the engine cannot do exactly. Before anything is made. */
export function refuseInexact({ limits, network, ports }: CreateRequest): void {
  const { cpuCount, memoryMiB } = limits;
  if (cpuCount !== undefined && (!Number.isInteger(cpuCount) || cpuCount > 65_535)) {
    throw new SandboxError("unsupported", "A virtual machine has whole CPUs only.", {
      hint: `Say limits.cpuCount: ${Math.max(1, Math.ceil(cpuCount))}.`,
    });
  }
  if (memoryMiB !== undefined && memoryMiB < leastMemoryMiB) {
    throw new SandboxError("unsupported", `A virtual machine has at least ${leastMemoryMiB} MiB of memory.`, {
      hint: `Say limits.memoryMiB: ${leastMemoryMiB}.`,
    });
  }
  if (network === "none" && ports.length > 0) {
    throw new SandboxError("invalid_argument", 'A sandbox with network "none" has no ports to open.');
  }
}

/** Throws for directories that cannot be shared as asked. Their sources are real paths, without links. */
export function refuseMounts({ mounts }: Sources): void {
  for (const { source, target } of mounts) {
    const path = [source, target].find((each) => mountSeparators.test(each));
    if (path === undefined) continue;
    throw new SandboxError("unsupported", `A mount cannot have the path ${JSON.stringify(path)}.`, {
      hint: "Use one without comma, colon and equals sign, or copy by files.upload.",
    });
  }
  // One share for each source, and its last setting would hold for both (§10.5).
  for (const { source, readOnly } of mounts) {
    if (!mounts.some((other) => other.source === source && other.readOnly !== readOnly)) continue;
    throw new SandboxError("unsupported", `${source} cannot be both read-only and writable.`, {
      hint: "Mount it once, or one of its directories.",
    });
  }
}

/**
 * `container run` in the foreground, whose standard input is the leash. Values stand behind `=`, as one that begins
 * with `-` would not be taken for a value otherwise, and `--` stands before the image, as what follows would be
 * looked through for options (§2.2).
 */
export function runArguments(request: CreateRequest, settings: Settings): string[] {
  const { id, env, workdir, user, limits, network, mounts, mainCommand } = request;
  const image = request.image ?? settings.defaultImage;
  return [
    ...["run", "--interactive", "--rm", "--progress=none", `--name=${id}`],
    ...Object.entries(labelsOf(request, image)).map(([name, value]) => `--label=${name}=${value}`),
    ...(settings.init ? ["--init"] : []),
    ...settings.capDrop.map((name) => `--cap-drop=${name}`),
    ...settings.capAdd.map((name) => `--cap-add=${name}`),
    ...(settings.readOnlyRootfs ? ["--read-only", "--mount=type=tmpfs,destination=/tmp,mode=1777"] : []),
    ...(settings.platform === "linux/arm64" ? [] : [`--platform=${settings.platform}`]),
    // Without a unit it would be bytes.
    ...(limits.memoryMiB === undefined ? [] : [`--memory=${limits.memoryMiB}m`]),
    ...(limits.cpuCount === undefined ? [] : [`--cpus=${limits.cpuCount}`]),
    ...(network === "none" ? ["--network=none"] : settings.dns.map((address) => `--dns=${address}`)),
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(workdir === undefined ? [] : [`--workdir=${workdir}`]),
    ...mounts.map(mountArgument),
    ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
    // It discards the image's own command, too.
    ...[`--entrypoint=${settings.shell}`, "--", image],
    ...["-c", startScript, "sandbox-start", ...mainCommand],
  ];
}

function mountArgument({ source, target, readOnly }: Mount): string {
  return `--mount=type=bind,source=${source},target=${target}${readOnly ? ",readonly" : ""}`;
}

/** A process in a sandbox that runs. No environment: what was set at its creation would win (§5.5). */
export function execArguments(id: string, user: string | undefined, argv: readonly string[]): string[] {
  return ["exec", "--interactive", ...(user === undefined ? [] : [`--user=${user}`]), "--", id, ...argv];
}

/** The first setting that the engine, read back, has not kept as it was asked for (G8). */
export function unkeptSetting(
  { limits, network, mounts }: CreateRequest,
  settings: Settings,
  { configuration }: ListedContainer,
): string | undefined {
  const { resources, networks, mounts: kept = [] } = configuration;
  if (limits.cpuCount !== undefined && resources?.cpus !== limits.cpuCount) return "limits.cpuCount";
  if (limits.memoryMiB !== undefined && resources?.memoryInBytes !== limits.memoryMiB * 2 ** 20) {
    return "limits.memoryMiB";
  }
  if (network === "none" && networks?.length !== 0) return "network";
  if (settings.readOnlyRootfs && configuration.readOnly !== true) return "readOnlyRootfs";
  if (settings.capDrop.includes("ALL") && !configuration.capDrop?.includes("ALL")) return "capDrop";
  const unkept = mounts.find(({ target, readOnly }) => {
    const mount = kept.find(({ destination }) => destination === target);
    return mount === undefined || (readOnly && !mount.options.includes("ro"));
  });
  return unkept === undefined ? undefined : `the mount at ${unkept.target}`;
}
