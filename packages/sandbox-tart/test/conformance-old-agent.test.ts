import { conformanceBy, ofTheWay } from "./conformance-of.js";

conformanceBy("the agent up to 0.11", { connect: "agent" }, { agent: "old" }, ofTheWay);
