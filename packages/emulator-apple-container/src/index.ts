export type { EmulatorSettings, FaultName } from "./state/settings.js";
export { faultNames } from "./state/settings.js";
