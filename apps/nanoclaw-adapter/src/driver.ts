import { SandboxError } from "@nanoclaw/sandbox";
import type { MountPolicy, SessionDriver } from "./driver/contract.js";
import { MixedDriver } from "./driver/mixed-driver.js";
import { hostOf } from "./host.js";
import { installationAt } from "./installation.js";
import type { Host } from "./run/group-sandbox.js";
import { isRuntime, type Runtime, runtimes } from "./runtime.js";

export type * from "./driver/contract.js";
export { driverFile } from "./driver/driver-file.js";
export type { Host } from "./run/group-sandbox.js";
export type { Runtime } from "./runtime.js";

export interface MixedDriverOptions {
  /** What decides and counts. Default: the policy and the places of the NanoClaw in the working directory. */
  readonly host?: Host;
  /**
   * The engines that this installation uses. What the driver says of itself holds for all of them, so that leaving one
   * out that cannot do something gains it: with `["docker"]` alone groups can have images of their own. Default: all.
   */
  readonly runtimes?: readonly Runtime[];
}

/**
 * Makes what NanoClaw's `registerSessionDriver("mixed", …)` takes. `NANOCLAW_RUNTIME_DRIVER=mixed` then selects it.
 *
 * @throws SandboxError `invalid_argument`.
 */
export function mixedDriver(options: MixedDriverOptions = {}): (policy: MountPolicy) => SessionDriver {
  const { host = hostOf(installationAt()), runtimes: engines = runtimes } = options;
  const unknown = engines.find((runtime) => !isRuntime(runtime));
  if (unknown !== undefined || engines.length === 0) {
    throw new SandboxError("invalid_argument", `runtimes names ${JSON.stringify(unknown ?? "none")}.`, {
      hint: `Name some of ${runtimes.join(", ")}.`,
    });
  }
  return (policy) => new MixedDriver(host, [...new Set(engines)], policy);
}
