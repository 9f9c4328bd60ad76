import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createDisk,
  darwinProfile,
  type Guest,
  linuxProfile,
  type Share,
  startGuest,
} from "@nanoclaw/emulator-base";
import type { TartHome } from "../store/home.js";
import { delay } from "../store/interruption.js";
import type { GuestOs } from "../store/vm-config.js";
import type { VmDirectory } from "../store/vm-directory.js";
import { LEASE_SECONDS, SOFTNET_LEASE_SECONDS, writeLease } from "./leases.js";
import { AUTOMOUNT_TAG } from "./shares.js";

/** What guests see as `/run/guest/support`. */
const support = fileURLToPath(new URL("../dist/guest", import.meta.url));

/** Makes the guest's own files where there are none: those of an image that was never started. */
export async function ensureDisk(machine: VmDirectory, os: GuestOs): Promise<void> {
  if (existsSync(machine.guest)) return;
  // What a process that was killed has made of it is no disk.
  const unfinished = `${machine.guest}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  await createDisk(unfinished, os === "darwin" ? darwinProfile : linuxProfile);
  renameSync(unfinished, machine.guest);
}

/** Starts a machine's guest; its services come later, by `bootGuest`. */
export async function startMachine(
  home: TartHome,
  machine: VmDirectory,
  shares: readonly Share[],
): Promise<Guest> {
  const { os, macAddress } = machine.readConfig();
  await ensureDisk(machine, os);
  writeFileSync(join(machine.guest, "etc/guest-agent"), `${machine.readContents().agent}\n`);
  return startGuest({
    disk: machine.guest,
    support,
    shares,
    ...(os === "darwin" && { prepare: "prepare-darwin.sh" }),
    addressSeed: `${home.path}/${macAddress}`,
    owner: home.path,
  });
}

/** Lets the guest's system come up, as slowly as the settings say. */
export async function bootGuest(
  home: TartHome,
  machine: VmDirectory,
  guest: Guest,
  options: { shares: readonly Share[]; softnet: boolean; bridged: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { bootMs, agentMs, sshMs } = home.settings;
  const { os, macAddress } = machine.readConfig();
  await delay(bootMs, signal);
  if (!options.bridged) {
    writeLease(home, macAddress, guest.address, options.softnet ? SOFTNET_LEASE_SECONDS : LEASE_SECONDS);
  }
  if (os === "darwin" && options.shares.some(({ tag }) => tag === AUTOMOUNT_TAG)) {
    await guest.runService("automount");
  }
  const agent = async () => {
    await delay(agentMs, signal);
    if (machine.readContents().agent !== "none") guest.startService("agent");
  };
  const ssh = async () => {
    await delay(sshMs, signal);
    guest.startService("sshd");
  };
  await Promise.all([agent(), ssh()]);
}
