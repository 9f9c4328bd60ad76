import { conformanceBy, ofTheMachine } from "./conformance-of.js";

conformanceBy("the later agent", { connect: "agent" }, {}, ofTheMachine);
