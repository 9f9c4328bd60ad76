import { checksOf, conformanceWith } from "./conformance-of.js";

/** The newest release that is known, with bash as the guest's shell. */
conformanceWith("1.4.1", "bash", checksOf("G4.destroy", "G6.exit-codes", "G8.probe"));
