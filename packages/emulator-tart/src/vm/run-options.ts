import { existsSync } from "node:fs";
import type { Share } from "@nanoclaw/emulator-base";
import type { Parsed } from "../arguments/parsed.js";
import { asksForSoftnet } from "../arguments/run-command.js";
import { RuntimeFailure, SystemFailure, ValidationFailure } from "../failures.js";
import type { TartHome } from "../store/home.js";
import { openLocal, type VmDirectory } from "../store/vm-directory.js";
import { readShares } from "./shares.js";

const interfaces = ["en0"];

/** What `tart run` makes of its arguments and of the machine. */
export interface RunOptions {
  readonly machine: VmDirectory;
  readonly os: "darwin" | "linux";
  readonly suspendable: boolean;
  readonly softnet: boolean;
  readonly bridged: boolean;
}

/** Looks at the machine before anything happens. Its failures are told like those of arguments. */
export function readRunOptions(parsed: Parsed, home: TartHome): RunOptions {
  const machine = openForValidation(parsed.text("name"), home);
  const { os } = machine.readConfig();
  const suspendable = parsed.flag("suspendable") || existsSync(machine.savedState);
  if (suspendable && os === "linux") throw refuse("You can only suspend macOS VMs");
  for (const flag of ["no-trackpad", "no-keyboard", "no-pointer"]) {
    if (suspendable && parsed.flag(flag)) throw refuse(`--${flag} cannot be used with --suspendable`);
  }
  if (parsed.flag("no-trackpad") && os === "linux") {
    throw refuse("--no-trackpad can only be used with macOS VMs");
  }
  if (parsed.texts("disk").some((disk) => disk.endsWith("-amd64.iso"))) {
    throw refuse(
      "Seems you have a disk targeting x86 architecture (hence amd64 in the name). Please use an 'arm64' version of the disk.",
    );
  }
  return {
    machine,
    os,
    suspendable,
    softnet: asksForSoftnet(parsed) || parsed.flag("net-host"),
    bridged: parsed.texts("net-bridged").length > 0,
  };
}

function refuse(message: string): ValidationFailure {
  return new ValidationFailure(message, "run");
}

function openForValidation(name: string, home: TartHome): VmDirectory {
  try {
    return openLocal(home, name);
  } catch (error) {
    if (error instanceof RuntimeFailure) throw new SystemFailure(error.message);
    throw error;
  }
}

/** Devices that are found to be wrong only when they are made. */
export function makeDevices(parsed: Parsed, { os }: RunOptions): readonly Share[] {
  if (parsed.flag("nested") && os === "darwin") {
    throw new SystemFailure("macOS virtual machines do not support nested virtualization");
  }
  for (const name of parsed.texts("net-bridged")) {
    if (!interfaces.includes(name)) {
      throw new ValidationFailure(
        `no bridge interfaces matched "${name}", available interfaces: ${interfaces.join(", ")}`,
      );
    }
  }
  for (const disk of parsed.texts("disk")) requireDisk(disk);
  return readShares(parsed.texts("dir"));
}

function requireDisk(value: string): void {
  const path = value.replace(/:[^:/]*$/, "");
  if (/^(nbd|nbds|nbd\+unix):/.test(value) || existsSync(value) || existsSync(path)) return;
  throw new SystemFailure(
    'Error Domain=VZErrorDomain Code=2 "A storage device attachment is invalid." UserInfo={NSLocalizedFailure=Invalid virtual machine configuration., NSLocalizedFailureReason=A storage device attachment is invalid.}',
  );
}
