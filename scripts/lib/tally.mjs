import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Adds up what `TallyReporter` left in `directory`. */
export function addUp(directory) {
  const total = { passed: 0, failed: 0, skipped: 0, reasons: new Map(), failures: [], seconds: new Map() };
  for (const file of existsSync(directory) ? readdirSync(directory) : []) {
    const tally = JSON.parse(readFileSync(join(directory, file), "utf8"));
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    for (const failure of tally.failures) total.failures.push(`${tally.run}: ${failure}`);
    total.seconds.set(tally.run, (total.seconds.get(tally.run) ?? 0) + tally.seconds);
    for (const reason of tally.reasons) total.reasons.set(reason, (total.reasons.get(reason) ?? 0) + 1);
  }
  return total;
}
