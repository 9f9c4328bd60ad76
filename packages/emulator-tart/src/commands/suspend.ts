import type { Command } from "../arguments/parsed.js";
import { notRunning } from "../failures.js";
import { openLocal, runnerOf } from "../store/vm-directory.js";
import { sendSignal } from "../vm/send-signal.js";

/** Asks for a machine's state to be saved, and does not wait for it. */
export const run: Command = async (parsed, home) => {
  const machine = openLocal(home, parsed.text("name"));
  const runner = runnerOf(home, machine);
  // The real one puts its message into its message.
  if (runner === undefined) throw notRunning(notRunning(machine.name).message);
  sendSignal(runner, "SIGUSR1");
  return 0;
};
