import type { ProcessExit } from "../contract/process.js";

/** Linux's numbers: the host's may be others. */
export const signalNames = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP " +
  "TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

/**
 * Shells give death by signal n as 128 + n and say so in words, except for SIGINT and SIGPIPE: these are read
 * as exits, as every shell reads them, unless the signal was sent by us.
 */
export function exitOf(code: number, message: string, sent: ReadonlySet<string>): ProcessExit {
  const name = signalNames[code - 129];
  const signal = name && `SIG${name}`;
  if (signal && (message !== "" || sent.has(signal))) return { exitCode: null, signal };
  return { exitCode: code, signal: null };
}
