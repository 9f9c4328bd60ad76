export { installEmulator, type TartEmulator } from "./emulator.js";
export type { ImageOptions } from "./images.js";
export type { EmulatorSettings, FaultName } from "./store/settings.js";
export type { DiskFormat, GuestOs } from "./store/vm-config.js";
export type { AgentGeneration } from "./store/vm-directory.js";
