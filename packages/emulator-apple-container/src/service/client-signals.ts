const LIMIT = 3;

/**
 * What a client that is attached does about signals: it fails to forward them, and ends itself at the third that asks
 * for an end (I#1747, apple-container.md §5.5).
 */
export function ignoreSignals(): void {
  let count = 0;
  const complain = () => {
    process.stderr.write('failed to send signal: invalidArgument: "missing signal in xpc message"\n');
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      count++;
      if (count < LIMIT) return complain();
      process.stderr.write("Received 3 SIGINT/SIGTERM's, forcefully exiting.\n");
      process.exit(1);
    });
  }
  for (const signal of ["SIGUSR1", "SIGUSR2"] as const) process.on(signal, complain);
}
