import type { Installation } from "../installation.js";
import { readCapacityFile } from "./capacity-file.js";
import { type CapacityLimits, completeLimits } from "./limits.js";
import { Queue } from "./queue.js";
import type { Capacity } from "./slot.js";
import type { StoreOptions } from "./store.js";

export type CapacityOptions = StoreOptions;

/**
 * The places of an installation, for any number of processes at the same time. Nothing is made on disk before the first
 * `admit`.
 *
 * What `limits` leaves open is taken from `sandbox-capacity.json` in the installation's configuration directory, as it is now.
 *
 * @throws SandboxError `invalid_argument` for limits that make no sense.
 */
export function createCapacity(
  installation: Installation,
  limits: CapacityLimits = {},
  options: CapacityOptions = {},
): Capacity {
  return new Queue(installation, completeLimits({ ...readCapacityFile(installation), ...limits }), options);
}
