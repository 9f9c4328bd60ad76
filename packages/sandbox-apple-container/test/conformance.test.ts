import { checksOf, conformanceWith } from "./conformance-of.js";

conformanceWith("1.2.2", "dash", checksOf("G2", "G3", "G4", "G8", "G9", "G10", "G11"));
