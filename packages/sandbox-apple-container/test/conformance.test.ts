import { checksOf, conformanceWith } from "./conformance-of.js";

conformanceWith(
  "1.2.2",
  "dash",
  checksOf(
    ...["G2.name-taken", "G3.exit", "G5.kill-detached", "G6.exit-codes", "G6.missing-program"],
    ...["G6.lost", "G7.every-byte", "G7.input", "G8.mount-writable", "G8.mount-read-only"],
    ...["G8.network-none", "G8.ports", "G8.terminal", "G8.terminal-resize", "G8.limit-memory-told"],
    ...["G8.keep", "G8.attach", "G8.input-user", "G9.adapter-heeds-abort", "G10.foreign-remove"],
    ...["G11.nowhere-else", "G12.arguments"],
  ),
);
