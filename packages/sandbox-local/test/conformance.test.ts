import { existsSync } from "node:fs";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { localTarget } from "./conformance-target.js";

/** What depends on the guest's shell. */
const shellChecks = ["G1", "G5", "G6", "G7", "G12"];

for (const [shell, filter] of [
  ["/bin/dash", undefined],
  ["/bin/bash", shellChecks],
  ["/bin/busybox", shellChecks],
] as const) {
  const skip = existsSync(shell) ? undefined : `${shell} is not installed`;
  conformance(`local with ${shell}`, localTarget(shell), { skip, filter });
}
