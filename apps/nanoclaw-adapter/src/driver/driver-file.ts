/**
 * The file that a NanoClaw checkout needs, as `src/drivers/mixed.ts`. A line in its `src/drivers/installed.ts` loads it:
 * `import "./mixed.js";`.
 */
export const driverFile = `import { mixedDriver } from "@nanoclaw/sandbox-nanoclaw/driver";
import { registerSessionDriver } from "./driver-registry.js";

registerSessionDriver("mixed", mixedDriver());
`;
