import { checksOf, conformanceWith } from "./conformance-of.js";

/** The oldest release that is taken, with busybox as the guest's shell. */
conformanceWith(
  "1.0.0",
  "busybox",
  checksOf("G3.exit", "G4.destroy", "G6.exit-codes", "G8.labels", "G8.attach", "G8.ports"),
);
