import { findProgram } from "@nanoclaw/sandbox/adapter";
import type { Policy } from "../policy/policy.js";
import type { Runtime } from "../runtime.js";

/**
 * Why an engine of macOS cannot be here, without the cost of loading its adapter. Undefined on a Mac, for other engines,
 * and where a program of its name is there all the same.
 */
export function whyForeign(
  runtime: Runtime,
  { runtimes = {} }: Policy,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === "darwin" || (runtime !== "tart" && runtime !== "container")) return undefined;
  const program = runtimes[runtime]?.program ?? runtime;
  if (findProgram(program) !== undefined) return undefined;
  return `${program} is a program for macOS, and not here.`;
}
