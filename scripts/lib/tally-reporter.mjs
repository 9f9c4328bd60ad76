import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A vitest reporter that leaves one small file for each run, for `lib/tally.mjs` to add up. */
export default class TallyReporter {
  constructor({ directory }) {
    this.directory = directory;
  }

  onInit() {
    this.startedAt = Date.now();
  }

  onTestRunEnd(modules, unhandledErrors) {
    const tally = {
      run: basename(process.cwd()),
      passed: 0,
      failed: unhandledErrors.length,
      skipped: 0,
      reasons: [],
      failures: unhandledErrors.map((error) => `unhandled: ${firstLine(error)}`),
      seconds: Math.round((Date.now() - this.startedAt) / 1000),
    };
    for (const module of modules) {
      const failedBefore = tally.failed;
      for (const test of module.children.allTests()) {
        const { state, note, errors } = test.result();
        tally[state === "passed" || state === "failed" ? state : "skipped"] += 1;
        if (state === "failed") tally.failures.push(`${test.fullName}: ${firstLine(errors?.[0])}`);
        if (state === "skipped") tally.reasons.push(note ?? reasonOf(test));
      }
      // A file that could not be loaded, or a hook that failed, has failed without a failed test.
      if (module.state() === "failed" && tally.failed === failedBefore) tally.failed += 1;
      const places = [module, ...module.children.allSuites()];
      for (const error of places.flatMap((place) => place.errors())) {
        tally.failures.push(`${basename(module.moduleId)}: ${firstLine(error)}`);
      }
    }
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(join(this.directory, `${tally.run}-${process.pid}.json`), JSON.stringify(tally));
  }
}

function firstLine(error) {
  return String(error?.message ?? "no message").split("\n")[0];
}

function reasonOf({ tags = [] }) {
  return tags.includes("thorough") ? "left to CHECKS=all" : "no reason given";
}
