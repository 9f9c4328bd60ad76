import Table from "cli-table3";
import type { Verdict } from "./checks.js";

const words: Readonly<Record<Verdict["outcome"], string>> = { pass: "PASS", fail: "FAIL", unknown: "-" };

/** One line for each promise. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ["", "engine", "promise", "measured"],
    style: { head: [], border: [], compact: true },
  });
  for (const { outcome, engine, promise, evidence } of verdicts) {
    table.push([words[outcome], engine, promise, evidence]);
  }
  return table.toString();
}

/** Whether everything that could be judged holds, and something could. */
export function allHold(verdicts: readonly Verdict[]): boolean {
  return (
    verdicts.some(({ outcome }) => outcome === "pass") && verdicts.every(({ outcome }) => outcome !== "fail")
  );
}
