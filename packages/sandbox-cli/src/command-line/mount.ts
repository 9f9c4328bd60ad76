import { resolve } from "node:path";
import type { MountOption } from "@nanoclaw/sandbox";
import { UsageError } from "./usage-error.js";

/**
 * `SOURCE:TARGET`, `SOURCE:TARGET:ro` or `SOURCE:TARGET:rw`; read-only unless `rw`. The source is taken from `cwd`
 * and may hold colons, the target may not.
 */
export function parseMount(text: string, cwd = process.cwd()): MountOption {
  const [, source, target, mode] = /^(.+):(\/[^:]*)(?::(ro|rw))?$/s.exec(text) ?? [];
  if (source === undefined || target === undefined) {
    throw new UsageError(
      "Write SOURCE:TARGET, or SOURCE:TARGET:rw to let the sandbox write, with an absolute TARGET.",
    );
  }
  return { source: resolve(cwd, source), target, readOnly: mode !== "rw" };
}
