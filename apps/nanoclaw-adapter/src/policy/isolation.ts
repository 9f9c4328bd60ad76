import { type Isolation, isAtLeast } from "@nanoclaw/sandbox/adapter";
import { type Runtime, runtimes } from "../runtime.js";

/** What a policy may demand at least. */
export type MinimumIsolation = Exclude<Isolation, "none">;

/** The wall that each runtime gives. What its adapter declares is compared with it before a run. */
export const isolationOf: Readonly<Record<Runtime, MinimumIsolation>> = {
  tart: "vm",
  container: "vm",
  docker: "container",
  local: "process",
};

export function meets(runtime: Runtime, minimum: MinimumIsolation | undefined): boolean {
  return minimum === undefined || isAtLeast(isolationOf[runtime], minimum);
}

/** The stronger of two demands. */
export function stricter(one: MinimumIsolation, other: MinimumIsolation): MinimumIsolation {
  return isAtLeast(one, other) ? one : other;
}

/** `tart, container`: the runtimes that meet a demand. */
export function runtimesFor(minimum: MinimumIsolation): string {
  return runtimes.filter((runtime) => meets(runtime, minimum)).join(", ");
}
