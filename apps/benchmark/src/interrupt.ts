import { setMaxListeners } from "node:events";

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** What the program must exit with, once it was interrupted. */
  readonly exitCode: number | undefined;
}

/**
 * Lets a run end in order at the first Ctrl-C. The second one ends the process at once; the watchdog and the
 * sandboxes' own leash clean up then.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  // Every command that runs listens to it, and that may be 32 at once.
  setMaxListeners(0, controller.signal);
  let exitCode: number | undefined;
  for (const name of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.on(name, () => {
      if (exitCode !== undefined) process.exit(exitCode);
      exitCode = exitCodes[name];
      controller.abort(new Error("interrupted"));
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
