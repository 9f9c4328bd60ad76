import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program.js";

const PACKAGES = [
  ...["base-files", "base-passwd", "bash", "coreutils", "dash", "debianutils", "findutils", "grep", "gzip"],
  ...["bsdutils", "hostname", "libc-bin", "mawk", "ncurses-base", "procps", "sed", "tar", "util-linux"],
];

/** More than half of the size, and nothing that a test looks at. */
const UNUSED = [
  ...["usr/share/bash-completion", "usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man"],
  ...["usr/share/perl5", "var/cache", "var/lib/apt", "var/lib/dpkg"],
];

/** What tells one Debian layer from another: the release, the architecture and what is in it. */
export function debianRecipe(): string {
  return JSON.stringify([readCodename(), process.arch, PACKAGES, UNUSED]);
}

/** A small Debian of the host's own release, from the sources that the host's apt is set to. */
export async function buildDebian(directory: string): Promise<void> {
  const codename = readCodename();
  const mergedUsr = "/usr/share/mmdebstrap/hooks/merged-usr";
  await runProgram("mmdebstrap", [
    // Unpacks without running any package's scripts, which makes a quarter of the time of a full installation.
    "--variant=extract",
    ...(existsSync(mergedUsr) ? [`--hook-dir=${mergedUsr}`] : []),
    `--include=${PACKAGES.join(",")}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    codename,
    directory,
    ...aptSources(codename),
  ]);
  // What the packages' scripts would have done.
  copyFileSync(join(directory, "usr/share/base-passwd/passwd.master"), join(directory, "etc/passwd"));
  copyFileSync(join(directory, "usr/share/base-passwd/group.master"), join(directory, "etc/group"));
  symlinkSync("mawk", join(directory, "usr/bin/awk"));
  symlinkSync("which.debianutils", join(directory, "usr/bin/which"));
  for (const path of UNUSED) rmSync(join(directory, path), { recursive: true, force: true });
  for (const name of readdirSync(join(directory, "usr/lib"))) {
    const conversions = join(directory, "usr/lib", name, "gconv");
    if (existsSync(conversions)) rmSync(conversions, { recursive: true });
  }
}

function readCodename(): string {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  if (codename === undefined)
    throw new Error("The Debian test images need Debian or Ubuntu, with /etc/os-release");
  return codename;
}

/** The host's source files for this release; without any, mmdebstrap takes Debian's own server. */
function aptSources(codename: string): string[] {
  const directory = "/etc/apt/sources.list.d";
  const files = existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
  return ["/etc/apt/sources.list", ...files].filter(
    (file) =>
      /\.(list|sources)$/.test(file) &&
      existsSync(file) &&
      new RegExp(`(^|\\s)${codename}(\\s|$)`, "m").test(withoutComments(readFileSync(file, "utf8"))),
  );
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, "");
}
