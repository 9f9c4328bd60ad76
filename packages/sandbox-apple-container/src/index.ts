import type { SandboxProvider } from "@nanoclaw/sandbox/adapter";
import { type AppleContainerOptions, settingsFrom } from "./options.js";
import { AppleContainerProvider } from "./provider.js";

export type { AppleContainerOptions } from "./options.js";

/**
 * Sandboxes in Linux virtual machines by Apple's `container`, on Apple silicon. Looks for the program when it is first
 * needed. Throws `invalid_argument` for options that are none.
 */
export function appleContainer(options: AppleContainerOptions = {}): SandboxProvider {
  return new AppleContainerProvider(settingsFrom(options));
}
