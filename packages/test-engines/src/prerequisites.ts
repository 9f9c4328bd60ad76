import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/** Programs and the packages of Debian and Ubuntu that have them; of several with `|` between one is enough. */
type Programs = Readonly<Record<string, string>>;

const FOR_ANY_ENGINE: Programs = { ip: "iproute2", unshare: "util-linux", bash: "bash", awk: "mawk" };
const FOR_DOCKER: Programs = { dockerd: "docker.io", containerd: "docker.io", runc: "docker.io" };
const FOR_PODMAN: Programs = {
  podman: "podman",
  conmon: "podman",
  iptables: "iptables",
  "runc|crun": "runc",
};
const FOR_IMAGES: Programs = {
  mmdebstrap: "mmdebstrap",
  busybox: "busybox-static",
  tar: "tar",
  flock: "util-linux",
};

/**
 * Undefined when a private Docker engine can be started here; otherwise one sentence that names what is missing and
 * how to get it, for tests to skip with.
 */
export function whyNoDocker(): string | undefined {
  return whyNoEngine("private Docker engine", FOR_DOCKER);
}

/** The same for Podman. */
export function whyNoPodman(): string | undefined {
  return whyNoEngine("private Podman engine", FOR_PODMAN);
}

/** The same for the images of `testImages`. */
export function whyNoTestImages(): string | undefined {
  return notRoot("test images") ?? missing("test images", FOR_IMAGES) ?? dynamicBusybox();
}

/** The same for the sandboxes of `@nanoclaw/sandbox-local`: whether the kernel lets this user make one is tried. */
export function whyNoBubblewrap(): string | undefined {
  const { status, error, stderr } = spawnSync("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], {
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  return `No bubblewrap: ${error?.message ?? stderr.trim()}; on Debian and Ubuntu: apt-get install bubblewrap.`;
}

/** The path of a program; also looked for where root's programs are, which not every PATH names. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return directories
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function whyNoEngine(engine: string, programs: Programs): string | undefined {
  return (
    notRoot(engine) ??
    notAllowed(engine) ??
    noControlGroups(engine) ??
    missing(engine, { ...FOR_ANY_ENGINE, ...programs })
  );
}

function notRoot(what: string): string | undefined {
  if (process.platform !== "linux") return `No ${what}: only Linux has what it is made of.`;
  if (process.geteuid?.() === 0) return undefined;
  return `No ${what}: this user is not root; run the tests as root, for instance by sudo.`;
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
  return `No ${engine}: root lacks ${lacking.join(" and ")} here; in a container, start that with --privileged.`;
}

function noControlGroups(engine: string): string | undefined {
  const root = "/sys/fs/cgroup";
  const names = existsSync(root) ? readdirSync(root) : [];
  if (names.includes("cgroup.controllers") || names.includes("memory")) return undefined;
  return `No ${engine}: no control groups at ${root}; mount them, on Debian with the package cgroupfs-mount.`;
}

function missing(what: string, packages: Programs): string | undefined {
  const lacking = Object.entries(packages).filter(([programs]) =>
    programs.split("|").every((program) => findProgram(program) === undefined),
  );
  if (lacking.length === 0) return undefined;
  const programs = lacking.map(([name]) => name.replace("|", " or ")).join(", ");
  const names = [...new Set(lacking.map(([, name]) => name))].join(" ");
  return `No ${what}: ${programs} not found; on Debian and Ubuntu: apt-get install --no-install-recommends ${names}.`;
}

/** Debian's package busybox, which the other one replaces, needs libraries that the images do not have. */
function dynamicBusybox(): string | undefined {
  const path = findProgram("busybox");
  if (path === undefined || !readFileSync(path).includes("/ld-")) return undefined;
  return `No test images: ${path} needs shared libraries; on Debian and Ubuntu: apt-get install busybox-static.`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
