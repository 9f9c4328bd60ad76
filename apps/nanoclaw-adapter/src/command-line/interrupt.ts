import { constants } from "node:os";

const ending = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const controller = new AbortController();
let listening = false;
let exitCode: number | undefined;

/**
 * Aborted when the user, or the system, wants an end. From the first call on the first SIGINT, SIGTERM or SIGHUP asks for
 * an orderly end, and the second ends this process at once.
 */
export function interruptSignal(): AbortSignal {
  if (!listening) {
    listening = true;
    for (const name of ending) {
      process.on(name, () => {
        if (exitCode !== undefined) process.exit(exitCode);
        exitCode = 128 + constants.signals[name];
        controller.abort();
      });
    }
  }
  return controller.signal;
}

/** 128 and the signal's number. Undefined while no signal came. */
export function interruptExitCode(): number | undefined {
  return exitCode;
}
