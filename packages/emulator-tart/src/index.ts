export { whyNoGuests } from "@nanoclaw/emulator-base";
export { type Emulator, type EmulatorOptions, type ImageOptions, installEmulator } from "./installation.js";
export type { EmulatorSettings, FaultName } from "./store/settings.js";
export { faultNames } from "./store/settings.js";
export type { GuestOs } from "./store/vm-config.js";
export type { AgentGeneration } from "./store/vm-directory.js";
