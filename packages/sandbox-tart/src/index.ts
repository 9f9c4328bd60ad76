import type { SandboxProvider } from "@nanoclaw/sandbox/adapter";
import { settingsFrom, type TartOptions } from "./options.js";
import { TartProvider } from "./provider.js";

export type { TartOptions } from "./options.js";

/**
 * Sandboxes in macOS and Linux virtual machines by Tart, on Apple silicon. Looks for `tart` when it is first needed.
 * Throws `invalid_argument` for options that are none.
 */
export function tart(options: TartOptions = {}): SandboxProvider {
  return new TartProvider(settingsFrom(options));
}
