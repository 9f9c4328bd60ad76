import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { environment, run, say } from "./run.mjs";

/** Whether a program is on the PATH, or where only root's PATH leads. */
export function hasProgram(name) {
  const directories = [...(environment.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return directories.some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What stands before a command that needs root: nothing, `sudo -n`, or undefined where neither works. */
export async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  try {
    await run(["sudo", "-n", "true"]);
    return ["sudo", "-n"];
  } catch {
    return undefined;
  }
}

const managers = [
  {
    program: "apt-get",
    refresh: ["apt-get", "update", "-q"],
    install: [
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "install",
      "-y",
      "-q",
      "--no-install-recommends",
    ],
  },
  { program: "dnf", install: ["dnf", "install", "-y"] },
  { program: "apk", install: ["apk", "add"] },
  { program: "pacman", install: ["pacman", "-Sy", "--noconfirm"] },
  { program: "zypper", install: ["zypper", "--non-interactive", "install"] },
];

/** The package manager of this system, if it is one of those known here. */
export function packageManager() {
  return managers.find(({ program }) => hasProgram(program));
}

/** The one command that a person can type to install `packages`. */
export function installCommand(manager, packages) {
  const words = manager.install.filter((word) => word !== "env" && !word.startsWith("DEBIAN_"));
  return `sudo ${words.join(" ")} ${packages.join(" ")}`;
}

/** Says what it installs, then installs it. */
export async function installSystemPackages(manager, prefix, packages) {
  say(`Installing by ${manager.program}: ${packages.join(" ")}`);
  if (manager.refresh) await run([...prefix, ...manager.refresh]);
  await run([...prefix, ...manager.install, ...packages]);
}
