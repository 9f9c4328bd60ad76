import { say } from "./run.mjs";
import {
  hasProgram,
  installCommand,
  installSystemPackages,
  packageManager,
  rootPrefix,
} from "./system-packages.mjs";

/** What the tests use beside Node: the program looked for, and Debian's package that brings it. */
const requirements = [
  { program: "bwrap", package: "bubblewrap", without: "sandboxes by bubblewrap" },
  { program: "dockerd", package: "docker.io", without: "sandboxes by Docker" },
  { program: "iptables", package: "iptables", without: "networks of the private Docker engine" },
  { program: "ip", package: "iproute2", without: "networks of the private Docker engine" },
  { program: "podman", package: "podman", without: "sandboxes by Podman" },
  { program: "runc", package: "runc", without: "sandboxes by Docker and Podman" },
  { program: "busybox", package: "busybox-static", without: "images with busybox" },
  { program: "mmdebstrap", package: "mmdebstrap", without: "images with a Debian userland" },
  { program: "unshare", package: "util-linux", without: "processes in namespaces of their own" },
  { program: "sshd", package: "openssh-server", without: "emulated virtual machines" },
  { program: "ssh-keygen", package: "openssh-client", without: "emulated virtual machines" },
  { program: "sudo", package: "sudo", without: "emulated virtual machines" },
  { program: "script", package: "bsdutils", without: "emulated virtual machines" },
  { program: "ps", package: "procps", without: "emulated virtual machines" },
  { program: "sqlite3", package: "sqlite3", without: "NanoClaw's hosts with stub agents" },
  { program: "chromium", package: "chromium", without: "the benchmark's page in a browser" },
];

/** Installs what the tests need where it may (apt-get, as root or by sudo without a password); else says what is missing. */
export async function provideTestRequirements() {
  if (process.platform !== "linux") {
    say("Not Linux: the tests that need bubblewrap or an engine of their own skip.");
    return;
  }
  const missing = requirements.filter(({ program }) => !hasProgram(program));
  if (missing.length === 0) {
    say("Everything is there.");
    return;
  }
  const packages = missing.map((requirement) => requirement.package);
  const manager = packageManager();
  const prefix = await rootPrefix();
  const mayInstall =
    manager?.program === "apt-get" && prefix && !process.argv.includes("--no-system-packages");
  if (mayInstall) {
    try {
      await installSystemPackages(manager, prefix, packages);
      return;
    } catch (error) {
      say(`That failed: ${error.message}`);
    }
  }
  for (const { program, without } of missing) say(`Missing: ${program}. The tests of ${without} skip.`);
  if (manager?.program === "apt-get") say(`To run them: ${installCommand(manager, packages)}`);
  else say(`To run them, install what Debian calls: ${packages.join(" ")}`);
}
