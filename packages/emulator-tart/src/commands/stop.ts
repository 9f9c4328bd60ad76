import { existsSync, rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Command } from "../arguments/parsed.js";
import { notRunning } from "../failures.js";
import { openLocal, runnerOf } from "../store/vm-directory.js";
import { sendSignal } from "../vm/send-signal.js";

const POLL_MS = 100;

/** Switches a machine off, as by pulling its plug. */
export const run: Command = async (parsed, home) => {
  const machine = openLocal(home, parsed.text("name"));
  const runner = runnerOf(home, machine);
  if (runner === undefined) {
    if (!existsSync(machine.savedState)) throw notRunning(machine.name);
    rmSync(machine.savedState);
    return 0;
  }
  sendSignal(runner, "SIGINT");
  const deadline = performance.now() + parsed.number("timeout") * 1000;
  while (performance.now() < deadline) {
    home.interrupted.throwIfAborted();
    if (runnerOf(home, machine) === undefined) return 0;
    await setTimeout(POLL_MS);
  }
  // Nobody waits for it.
  sendSignal(runner, "SIGKILL");
  return 0;
};
