import { existsSync } from "node:fs";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { localTarget } from "./conformance-target.js";

/** One shell has all checks. The others have what says most of them, and with `CHECKS=all` what depends on them. */
const shellChecks =
  process.env.CHECKS === "all"
    ? ["G1", "G5", "G6", "G7", "G12"]
    : [
        ...["G1.environment-between-commands", "G1.open-files", "G1.signals", "G1.umask"],
        ...["G5.timeout", "G5.kill", "G5.kill-detached", "G5.terminal-kill"],
        ...[
          "G6.exit-codes",
          "G6.signals",
          "G6.killed-parent",
          "G6.missing-program",
          "G6.missing-cwd",
          "G6.lost",
        ],
        ...[
          "G7.every-byte",
          "G7.apart",
          "G7.to-the-last",
          "G7.input",
          "G7.hundred-at-once",
          "G7.pretended-end",
        ],
        ...["G7.files-bytes", "G7.files-list", "G7.transfer-tree", "G12"],
      ];

for (const [shell, filter] of [
  ["/bin/dash", undefined],
  ["/bin/bash", shellChecks],
  ["/bin/busybox", shellChecks],
] as const) {
  const left = shell === "/bin/bash" && process.env.CHECKS !== "all" ? "left to CHECKS=all" : undefined;
  const skip = existsSync(shell) ? left : `${shell} is not installed`;
  conformance(`local with ${shell}`, localTarget(shell), { skip, filter });
}
