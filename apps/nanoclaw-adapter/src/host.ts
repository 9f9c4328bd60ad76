import { createCapacity } from "./capacity/create-capacity.js";
import type { Capacity } from "./capacity/slot.js";
import type { Installation } from "./installation.js";
import { createRouter } from "./policy/policy-router.js";
import type { Host } from "./run/group-sandbox.js";
import { readSettings } from "./settings/settings.js";

/** What decides and counts in an installation: its policy, its engines, its places. Nothing is read before it is asked. */
export function hostOf(installation: Installation): Host {
  let places: Promise<Capacity> | undefined;
  const opened = async (): Promise<Capacity> => {
    places ??= openPlaces(installation);
    try {
      return await places;
    } catch (error) {
      // Settings that were wrong may be mended by the next run.
      places = undefined;
      throw error;
    }
  };
  return {
    installation,
    router: createRouter(installation),
    capacity: { admit: async (need, options) => await (await opened()).admit(need, options) },
  };
}

async function openPlaces(installation: Installation): Promise<Capacity> {
  const { maxConcurrent } = await readSettings(installation);
  return createCapacity(installation, { runCount: maxConcurrent });
}
