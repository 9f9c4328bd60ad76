import { existsSync } from "node:fs";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { localTarget } from "./conformance-target.js";

for (const shell of ["/bin/dash", "/bin/bash", "/bin/busybox"]) {
  const skip = existsSync(shell) ? {} : { skip: `${shell} is not installed` };
  conformance(`local with ${shell}`, localTarget(shell), skip);
}
