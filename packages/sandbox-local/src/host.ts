import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join, resolve } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { type ControlGroupHost, findControlGroupHost } from "./control-group-host.js";
import type { HostFacts } from "./failures.js";
import type { Settings } from "./options.js";
import type { GuestPrograms } from "./starter.js";
import { hostPathOf, type SystemEntry, systemEntries } from "./system-paths.js";

/** What this machine offers to sandboxes. To look starts no program. */
export class Host {
  readonly settings: Settings;
  readonly system: readonly SystemEntry[];
  readonly controlGroups: ControlGroupHost;

  constructor(settings: Settings) {
    this.settings = settings;
    this.system = systemEntries(settings.readOnlyPaths);
    this.controlGroups = findControlGroupHost();
  }

  /** Path of bubblewrap. Throws `engine_unavailable`. */
  get bubblewrap(): string {
    const { bubblewrap } = this.settings;
    if (process.platform !== "linux")
      throw missing("Bubblewrap runs on Linux only.", "Use another engine here.");
    const found = hostProgram(bubblewrap);
    if (found !== undefined) return found;
    throw missing(`Bubblewrap is not installed: there is no ${bubblewrap}.`, installHint("bubblewrap"));
  }

  /** What the guest starts processes by. Throws `engine_unavailable`. */
  get programs(): GuestPrograms {
    const setsid = this.#guestProgram("setsid");
    if (setsid !== undefined && this.#isInGuest("/bin/sh")) return { setsid, script: this.script };
    throw missing(
      "The guest lacks /bin/sh, or setsid of util-linux.",
      `${installHint("util-linux")}. With readOnlyPaths, add the directories that hold them.`,
    );
  }

  /** The program that makes terminals. */
  get script(): string | undefined {
    return this.#guestProgram("script");
  }

  /** A program of the guest. BusyBox's versions of those that are asked for lack the options, and do not count. */
  #guestProgram(name: string): string | undefined {
    return ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
      .map((directory) => join(directory, name))
      .find((path) => {
        if (!this.#isInGuest(path)) return false;
        return basename(realpathSync(hostPathOf(path, this.system) ?? path)) !== "busybox";
      });
  }

  #isInGuest(path: string): boolean {
    const source = hostPathOf(path, this.system);
    return source !== undefined && isProgram(source);
  }
}

/** What decides the meaning of bubblewrap's messages. */
export function hostFacts(): HostFacts {
  return { appArmorRestricts: readSwitch("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") };
}

/** The command that installs a program's package here. */
export function installHint(name: string): string {
  const managers = {
    "apt-get": "apt-get install -y",
    dnf: "dnf install -y",
    pacman: "pacman -S --noconfirm",
    apk: "apk add",
    zypper: "zypper install -y",
  };
  const found = Object.entries(managers).find(([manager]) => hostProgram(manager) !== undefined);
  return found ? `Run: sudo ${found[1]} ${name}` : `Install the package ${name}.`;
}

function hostProgram(nameOrPath: string): string | undefined {
  if (nameOrPath.includes("/")) return isProgram(nameOrPath) ? resolve(nameOrPath) : undefined;
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter(isAbsolute)
    .map((directory) => join(directory, nameOrPath))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readSwitch(path: string): boolean {
  try {
    return readFileSync(path, "utf8").trim() === "1";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function missing(message: string, hint: string): SandboxError {
  return new SandboxError("engine_unavailable", message, { hint, retryable: false });
}
