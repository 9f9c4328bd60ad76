import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { localTarget } from "./conformance-target.js";

conformance("local", localTarget());
