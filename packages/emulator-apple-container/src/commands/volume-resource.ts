import { type EmulatorSettings, isAtLeast } from "../state/settings.js";
import type { Volume } from "../state/volumes.js";

/** An element of `volume list` and `volume inspect` (apple-container.md §6.5). */
export function volumeResource(volume: Volume, settings: EmulatorSettings): object {
  return isAtLeast(settings, "1.0.0") ? { id: volume.name, configuration: volume } : volume;
}

/** As the table has it. */
export function isAnonymous({ labels }: Volume): boolean {
  return labels["com.apple.container.resource.anonymous"] !== undefined;
}
