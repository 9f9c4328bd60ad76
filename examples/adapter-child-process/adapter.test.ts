import type { SandboxProvider } from "@nanoclaw/sandbox";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";

// The built file: the checks import it in other processes too.
const built = new URL("../dist/adapter-child-process/adapter.js", import.meta.url);
const { childProcess } = (await import(built.href)) as { childProcess(): SandboxProvider };

/**
 * What an adapter's author gets wrong first. The suite's own tests hold this adapter to nearly all, beside those that are
 * broken on purpose; here that is done with `CHECKS=all`.
 */
const chosen = [
  ...["G1.environment", "G2.ready", "G2.aborted", "G3.exit", "G3.killed", "G4", "G5.timeout", "G5.kill"],
  ...[
    "G6.exit-codes",
    "G6.signals",
    "G6.missing-program",
    "G6.lost",
    "G7.every-byte",
    "G7.apart",
    "G7.input",
  ],
  ...[
    "G7.files-bytes",
    "G8.labels",
    "G9.adapter-heeds-abort",
    "G9.deadlines",
    "G9.no-unhandled-rejection",
    "G10",
  ],
  ...["G11.nowhere-else", "G12"],
];

conformance("child-process", () => childProcess(), {
  filter: process.env.CHECKS === "all" ? undefined : chosen,
  skip: process.platform === "linux" ? undefined : "The adapter reads /proc, which is Linux's.",
});
