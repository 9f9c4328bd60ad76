import { type EmulatorSettings, isAtLeast } from "../store/settings.js";

/** Available from this release on. */
export function since(version: string): (settings: EmulatorSettings) => boolean {
  return (settings) => isAtLeast(settings, version);
}
