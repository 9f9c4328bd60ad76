/**
 * Checks that no provider can fail here, and why. Where core itself keeps the promise, `broken-core.test.ts` and
 * core's own tests break it.
 */
export const withoutFault: Readonly<Record<string, string>> = {
  "G2.aborted-before": "core does not ask the provider",
  "G4.twice": "core asks the provider once",
  "G5.abort-before": "core does not ask the provider",
  "G5.abort-after": "core lets go of the signal at the end of the command",
  "G5.fork-bomb": "without the limit the bomb would go off on the host of the tests",
  "G6.files-forbidden": "the tests run as root, who may read everything",
  "G7.pretended-by-copy": "core's main shell prints the messages",
  "G8.input-types": "core refuses",
  "G8.input-unknown": "core refuses",
  "G8.input-mount-sources": "core refuses",
  "G8.input-mount-targets": "core refuses",
  "G8.input-names": "core refuses",
  "G8.input-nul": "core refuses",
  "G8.input-numbers": "core refuses",
  "G8.input-commands": "core refuses",
  "G8.input-files": "core refuses",
  "G8.input-calls": "core refuses",
  "G8.transfer-crooked-archive": "core unpacks what comes from the guest",
  "G9.deadlines": "core sets the deadlines",
  "G9.deadlines-of-a-sandbox": "core sets the deadlines",
  "G11.errors-hold-no-output": "core makes the error",
};
