import { conformanceBy, ofTheWay } from "./conformance-of.js";

conformanceBy("SSH alone", { connect: "ssh" }, { agent: "none" }, ofTheWay);
