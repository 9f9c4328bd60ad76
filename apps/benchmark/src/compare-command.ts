import type { Command } from "commander";
import { differencesOf } from "./compare/comparable.js";
import { compareResults } from "./compare/compare.js";
import { comparisonTable } from "./compare/comparison-table.js";
import { failureMessage } from "./failure-message.js";
import { readResult } from "./parse-result.js";
import { showable } from "./report/emulated.js";
import { noiseOf } from "./report/noise.js";

const REGRESSION = 1;
const CANNOT_COMPARE = 2;

export function addCompareCommand(program: Command): void {
  program
    .command("compare")
    .description(
      "tell improvement and regression from noise; exits with 1 on a regression, with 2 when the two cannot be compared",
    )
    .argument("<before>", "what run --json wrote")
    .argument("<after>", "the same, later, on the same machine")
    .option("--include-emulated", "with figures of emulators, marked")
    .action((before: string, after: string, flags: { includeEmulated?: true }) => {
      process.exitCode = compareFiles(before, after, flags.includeEmulated === true);
    });
}

function compareFiles(before: string, after: string, includeEmulated: boolean): number {
  try {
    const [earlier, later] = [before, after].map((file) => showable(readResult(file), { includeEmulated }));
    if (!earlier || !later) return CANNOT_COMPARE;
    const differences = differencesOf(earlier, later);
    if (differences.length > 0) {
      process.stderr.write(`These two cannot be compared.\n${differences.join("\n")}\n`);
      return CANNOT_COMPARE;
    }
    for (const [file, result] of [
      [before, earlier],
      [after, later],
    ] as const) {
      if (result.interrupted) process.stdout.write(`${file} was interrupted: it has fewer samples.\n`);
      for (const reason of noiseOf(result)) process.stdout.write(`${file} is a noisy run. ${reason}\n`);
    }
    const compared = compareResults(earlier, later);
    process.stdout.write(`${comparisonTable(compared)}\n`);
    return compared.some(({ finding }) => finding === "regression") ? REGRESSION : 0;
  } catch (error) {
    process.stderr.write(`${failureMessage(error)}\n`);
    return CANNOT_COMPARE;
  }
}
