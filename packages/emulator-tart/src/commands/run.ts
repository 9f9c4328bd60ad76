import type { Guest, Share } from "@nanoclaw/emulator-base";
import type { Command, Parsed } from "../arguments/parsed.js";
import { alreadyRunning, RuntimeFailure } from "../failures.js";
import type { TartHome } from "../store/home.js";
import { hold, waitFor } from "../store/locks.js";
import { openControlSocket } from "../vm/control-socket.js";
import { avoidRunningAddress, requirePlace } from "../vm/limits.js";
import { bootGuest, startMachine } from "../vm/machine.js";
import { makeDevices, type RunOptions, readRunOptions } from "../vm/run-options.js";
import { RunSignals, Stopped } from "../vm/run-signals.js";
import { restoreState, saveState } from "../vm/saved-state.js";
import { findSoftnet, Softnet } from "../vm/softnet.js";

/** Runs a machine: it lives in this process and dies with it. */
export const run: Command = async (parsed, home) => {
  const options = readRunOptions(parsed, home);
  using signals = new RunSignals();
  try {
    const shares = await lockMachine(parsed, home, options, signals);
    return await runMachine(parsed, home, options, shares, signals);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    tell("Stopping VM...");
    return 0;
  }
};

/** From here to the end of the process the machine is `running`. */
async function lockMachine(
  parsed: Parsed,
  home: TartHome,
  options: RunOptions,
  { stop }: RunSignals,
): Promise<readonly Share[]> {
  const { machine } = options;
  const everything = await waitFor(home.path, stop);
  try {
    avoidRunningAddress(home, machine);
    const shares = makeDevices(parsed, options);
    if (options.softnet) findSoftnet();
    if ((await hold(machine.config)) === undefined) {
      throw home.settings.faults.includes("lock-lost")
        ? auxiliaryStorageLocked()
        : alreadyRunning(machine.name);
    }
    return shares;
  } finally {
    everything.release();
  }
}

async function runMachine(
  parsed: Parsed,
  home: TartHome,
  options: RunOptions,
  shares: readonly Share[],
  signals: RunSignals,
): Promise<number> {
  const { machine } = options;
  restoreState(home, machine, shares);
  requirePlace(home, machine);
  const guest = await startMachine(home, machine, shares);
  try {
    const softnet = options.softnet ? await Softnet.start(parsed, guest) : undefined;
    signals.stop.throwIfAborted();
    if (parsed.flag("serial")) tell("Successfully open pty /dev/ttys001");
    tellScreen(parsed);
    await openControlSocket(home, machine, guest);
    signals.onShutdownRequest(() => {
      tell("Requesting guest OS to stop...");
      // A Mac shows its user a dialog.
      if (options.os === "linux") guest.powerOff();
    });
    const stopped = once(signals.stop);
    const boot = bootGuest(home, machine, guest, { ...options, shares }, signals.stop);
    const failed = boot.then(() => new Promise<never>(() => undefined));
    const end = await Promise.race([
      guest.ended,
      stopped,
      signals.suspended,
      failed,
      ...(softnet ? [softnet.died] : []),
    ]);
    return await finish(end, options, shares, guest);
  } finally {
    await guest.kill();
  }
}

type End = Awaited<Guest["ended"]> | "stop" | "suspend" | "softnet died";

async function finish(
  end: End,
  { machine, suspendable }: RunOptions,
  shares: readonly Share[],
  guest: Guest,
) {
  switch (end) {
    case "powered off":
      tell("guest has stopped the virtual machine");
      return 0;
    case "killed":
      tell("guest has stopped the virtual machine due to error: Error Domain=VZErrorDomain Code=1");
      return 0;
    case "stop":
      tell("Stopping VM...");
      return 0;
    case "softnet died":
      throw new RuntimeFailure('RuntimeFailed(why: "Softnet process terminated prematurely")');
    case "suspend":
      tell("pausing VM to take a snapshot...");
      if (!suspendable) {
        tell(
          "Failed to suspend the VM: the configuration of this virtual machine does not support save/restore",
        );
        return 1;
      }
      tell("creating a snapshot...");
      await guest.kill();
      saveState(machine, shares);
      tell("snapshot created successfully! shutting down the VM...");
      return 0;
  }
}

function tellScreen(parsed: Parsed): void {
  if (!parsed.flag("vnc") && !parsed.flag("vnc-experimental")) return;
  const url = "vnc://127.0.0.1:5900";
  const quiet = parsed.flag("no-graphics") || process.env.CI !== undefined;
  tell(quiet ? `VNC server is running at ${url}` : `Opening ${url}...`);
}

function auxiliaryStorageLocked(): RuntimeFailure {
  return new RuntimeFailure(
    'Error Domain=VZErrorDomain Code=2 "Failed to lock auxiliary storage." UserInfo={NSLocalizedFailure=Invalid virtual machine configuration., NSLocalizedFailureReason=Failed to lock auxiliary storage., NSUnderlyingError=0x600002f5a2b0 {Error Domain=NSPOSIXErrorDomain Code=35 "Resource temporarily unavailable"}}',
  );
}

function once(signal: AbortSignal): Promise<"stop"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("stop");
    else signal.addEventListener("abort", () => resolve("stop"), { once: true });
  });
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
