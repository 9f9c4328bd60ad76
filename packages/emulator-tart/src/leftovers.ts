import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftGuests } from "@nanoclaw/emulator-guest";
import type { TartHome } from "./store/home.js";
import { readSockets } from "./store/locks.js";
import { localMachines } from "./store/mac-addresses.js";
import { runnerOf } from "./store/vm-directory.js";
import { processesOf } from "./vm/processes.js";
import { sendSignal } from "./vm/send-signal.js";

const POLL_MS = 20;

/** A line for everything that there is beside these local machines. */
export async function leftoversOf(home: TartHome, images: ReadonlySet<string>): Promise<string[]> {
  const sockets = readSockets();
  const machines = readdirSync(home.vms).filter((name) => !images.has(name));
  const running = localMachines(home).filter((machine) => runnerOf(home, machine, sockets) !== undefined);
  const stale = [...images].filter((name) => existsSync(join(home.vms, name, "control.sock")));
  return [
    ...machines.map((name) => `machine ${name}`),
    ...running.map(({ name }) => `running ${name}`),
    ...stale.map((name) => `control socket of ${name}`),
    ...readdirSync(home.tmp).map((name) => `temporary ${name}`),
    ...processesOf(home).map(({ pid, command }) => `process ${pid} ${command}`),
    ...(await leftGuests(home.path)),
  ];
}

/** Kills every command and guest of this home; returns when they are gone. */
export async function endAll(home: TartHome): Promise<void> {
  for (;;) {
    const processes = processesOf(home);
    for (const { pid } of processes) sendSignal(pid, "SIGKILL");
    if (processes.length === 0 && (await leftGuests(home.path)).length === 0) return;
    await setTimeout(POLL_MS);
  }
}
