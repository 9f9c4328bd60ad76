import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/**
 * Undefined when a private Docker engine can be started here; otherwise one sentence that names what is missing and
 * how to get it, for tests to skip with.
 */
export function whyNoDocker(): string | undefined {
  return (
    whyNoEngine("Docker") ??
    missing("Docker", { dockerd: "docker.io", containerd: "docker.io", runc: "docker.io" })
  );
}

/** The same for Podman. */
export function whyNoPodman(): string | undefined {
  const programs = { podman: "podman", conmon: "podman", iptables: "iptables", "runc|crun": "runc" };
  return whyNoEngine("Podman") ?? missing("Podman", programs);
}

/** The same for the images of `testImages`. */
export function whyNoTestImages(): string | undefined {
  return (
    notRoot("test images") ??
    missing("test images", {
      mmdebstrap: "mmdebstrap",
      busybox: "busybox-static",
      tar: "tar",
      flock: "util-linux",
    })
  );
}

/** The path of a program; also looked for where root's programs are, which not every PATH names. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return directories
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function whyNoEngine(engine: string): string | undefined {
  return (
    notRoot(`a private ${engine} engine`) ??
    notAllowed(engine) ??
    noControlGroups(engine) ??
    missing(engine, { ip: "iproute2", unshare: "util-linux", bash: "bash", awk: "mawk" })
  );
}

function notRoot(what: string): string | undefined {
  if (process.platform !== "linux")
    return `No ${what.replace(/^a /, "")}: only Linux has what it is made of.`;
  if (process.geteuid?.() === 0) return undefined;
  return `No ${what.replace(/^a /, "")}: this user is not root; run the tests as root, for instance by sudo.`;
}

/** A container without --privileged has a root that may do neither. */
function notAllowed(engine: string): string | undefined {
  const held = BigInt(
    `0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`,
  );
  const lacking = Object.entries({ CAP_SYS_ADMIN, CAP_NET_ADMIN })
    .filter(([, bit]) => (held & (1n << bit)) === 0n)
    .map(([name]) => name);
  if (lacking.length === 0) return undefined;
  return `No private ${engine} engine: root lacks ${lacking.join(" and ")} here; in a container, start that with --privileged.`;
}

function noControlGroups(engine: string): string | undefined {
  const root = "/sys/fs/cgroup";
  const names = existsSync(root) ? readdirSync(root) : [];
  if (names.includes("cgroup.controllers") || names.includes("memory")) return undefined;
  return `No private ${engine} engine: no control groups at ${root}; mount them, on Debian with the package cgroupfs-mount.`;
}

function missing(what: string, packages: Readonly<Record<string, string>>): string | undefined {
  const lacking = Object.entries(packages).filter(([programs]) =>
    programs.split("|").every((program) => findProgram(program) === undefined),
  );
  if (lacking.length === 0) return undefined;
  const programs = lacking.map(([name]) => name.replace("|", " or ")).join(", ");
  const names = [...new Set(lacking.map(([, name]) => name))].join(" ");
  return `No ${what}: ${programs} not found; on Debian and Ubuntu: apt-get install --no-install-recommends ${names}.`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
