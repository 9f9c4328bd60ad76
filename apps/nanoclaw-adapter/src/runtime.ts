/** The engines that a group can be given, by NanoClaw's names for them. */
export type Runtime = "tart" | "container" | "docker" | "local";

/** From the strongest wall to the weakest: raising a group's isolation moves it towards the front. */
export const runtimes: readonly Runtime[] = ["tart", "container", "docker", "local"];

/** What `loadProvider` calls the adapter of each. */
export const adapterOf: Readonly<Record<Runtime, string>> = {
  tart: "tart",
  container: "apple-container",
  docker: "docker",
  local: "local",
};

export function isRuntime(value: unknown): value is Runtime {
  return (runtimes as readonly unknown[]).includes(value);
}

/** True when `runtime` has at least as strong a wall as `other`. */
export function isAsStrongAs(runtime: Runtime, other: Runtime): boolean {
  return runtimes.indexOf(runtime) <= runtimes.indexOf(other);
}

/** Engines whose images are the ones that NanoClaw builds. Others have the policy's, or the adapter's own. */
export const hasDockerImages = (runtime: Runtime): boolean => runtime === "docker" || runtime === "container";
