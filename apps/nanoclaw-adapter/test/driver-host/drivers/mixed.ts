import { mixedDriver } from "@nanoclaw/sandbox-nanoclaw/driver";
import { registerSessionDriver } from "./driver-registry.js";

registerSessionDriver("mixed", mixedDriver());
