import { createRequire } from "node:module";

/** The version of this program. */
export function ownVersion(): string {
  return createRequire(import.meta.url)("sandbox-bench/package.json").version;
}
