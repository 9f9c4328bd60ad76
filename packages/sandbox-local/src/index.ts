import { type LocalOptions, settingsFrom } from "./options.js";
import { LocalProvider } from "./provider.js";

export type { LocalOptions } from "./options.js";
export type { LocalProvider } from "./provider.js";
export { systemPaths } from "./system-paths.js";

/**
 * Sandboxes of kernel namespaces by bubblewrap, on Linux: no daemon, no image, nothing to pull. The guest sees
 * the host's programs, read-only, and nothing else of the host. Throws `invalid_argument` for options that are none.
 */
export function local(options: LocalOptions = {}): LocalProvider {
  return new LocalProvider(settingsFrom(options));
}
