import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Installation } from "../installation.js";
import { isWithin } from "./within.js";

/**
 * Which of the places that decide on walls a guest could write to through a mount: policy and allow-list, what this
 * adapter keeps, and NanoClaw's settings. Undefined when it could not write to any.
 */
export async function protectedPlaceIn(
  source: string,
  { root, configDirectory, stateDirectory }: Installation,
): Promise<string | undefined> {
  const real = await resolved(source);
  for (const place of [configDirectory, stateDirectory, join(root, ".env")]) {
    const realPlace = await resolved(place);
    if (isWithin(real, realPlace) || isWithin(realPlace, real)) return place;
  }
  return undefined;
}

/** Of what is not there yet, as much as is: a guest could make it. */
async function resolved(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined) return found;
  const parent = join(path, "..");
  return parent === path ? path : join(await resolved(parent), path.slice(parent.length));
}
