export {
  type ContainerEmulator,
  type ContainerEmulatorOptions,
  type EmulatedImageOptions,
  installContainer,
} from "./installation.js";
export type { EmulatorSettings, FaultName } from "./state/settings.js";
export { faultNames } from "./state/settings.js";
