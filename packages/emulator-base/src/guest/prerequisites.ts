import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostEnvironment } from "./run-program.js";

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/** Programs that a guest is made of or runs, and Debian's packages with them. */
const programs: Readonly<Record<string, string>> = {
  ip: "iproute2",
  "iptables-restore": "iptables",
  unshare: "util-linux",
  setpriv: "util-linux",
  script: "bsdutils",
  sshd: "openssh-server",
  "ssh-keygen": "openssh-client",
  sudo: "sudo",
  ps: "procps",
  bash: "bash",
  perl: "perl-base",
};

/**
 * Undefined when guests can be started here; otherwise one sentence that names what is missing and how to get it, for
 * tests to skip with.
 */
export function whyNoGuests(): string | undefined {
  if (process.platform !== "linux") return "No emulated guests: only Linux has what they are made of.";
  if (process.geteuid?.() !== 0) {
    return "No emulated guests: this user is not root; run the tests as root, for instance by sudo.";
  }
  const status = readFileSync("/proc/self/status", "utf8");
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const lacking = Object.entries({ CAP_SYS_ADMIN, CAP_NET_ADMIN }).filter(([, bit]) => !(held & (1n << bit)));
  if (lacking.length > 0) {
    const names = lacking.map(([name]) => name).join(" and ");
    return `No emulated guests: root lacks ${names} here; in a container, start that with --privileged.`;
  }
  const missing = Object.keys(programs).filter((program) => !isInstalled(program));
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((program) => programs[program]))].join(" ");
  return `No emulated guests: ${missing.join(", ")} not found; on Debian and Ubuntu: apt-get install --no-install-recommends ${packages}.`;
}

function isInstalled(program: string): boolean {
  return hostEnvironment.PATH.split(":").some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
