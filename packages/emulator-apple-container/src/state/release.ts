import type { EmulatorSettings } from "./settings.js";

/** The commit that every imitated release says it was built from. */
export const COMMIT = "0190097";

/** `container --version` (apple-container.md §1.5). */
export function versionLine(settings: EmulatorSettings): string {
  return `container CLI version ${settings.version} (build: release, commit: ${COMMIT})`;
}

/** The release that the service was started from: an upgrade leaves the old one running (apple-container.md §1.4). */
export function serviceVersionOf(settings: EmulatorSettings): string {
  return settings.serviceVersion ?? settings.version;
}
