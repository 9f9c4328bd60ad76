import type { SandboxProvider } from "@nanoclaw/sandbox/adapter";
import { type DockerOptions, settingsFrom } from "./options.js";
import { DockerProvider } from "./provider.js";

export { type ImageDefaults, imageDefaults } from "./image-defaults.js";
export { type ImageBuild, type ImageWorkshop, imageWorkshop, type StoredImage } from "./image-workshop.js";
export type { DockerOptions, RegistryAuth } from "./options.js";

/**
 * Sandboxes in containers of a Docker engine, or of anything else that speaks its API: Podman, Docker Desktop,
 * Colima, OrbStack, Rancher Desktop. Looks for the engine when it is first needed.
 * Throws `invalid_argument` for options that are none.
 */
export function docker(options: DockerOptions = {}): SandboxProvider {
  return new DockerProvider(settingsFrom(options));
}
