import { constants } from "node:os";

const ending = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The wish of the user, or of the system, that this program ends. */
export interface Interrupt {
  /** Aborted by the first signal. Whatever is under way stops, cleans up and rejects. */
  readonly signal: AbortSignal;
  /** What to exit with: 128 and the signal's number. Undefined while no signal came. */
  readonly exitCode: number | undefined;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP asks for an orderly end, the second ends this process at once: what is left then
 * goes the way of every owner that dies, by the leash.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const name of ending) {
    process.on(name, () => {
      if (exitCode !== undefined) process.exit(exitCode);
      exitCode = exitCodeOf(name);
      controller.abort();
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}

/** As a shell tells death by a signal: 128 and its number. */
export function exitCodeOf(signal: string): number {
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
