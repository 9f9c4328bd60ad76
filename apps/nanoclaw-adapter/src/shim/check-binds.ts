import { normalize } from "node:path";
import type { Installation } from "../installation.js";
import type { Bind } from "../mounts/mount-plan.js";
import { protectedPlaceIn } from "../mounts/protected.js";
import { isReachedWithoutLink, isWithin } from "../mounts/within.js";
import { printable } from "./flags.js";
import { Refusal } from "./refusal.js";

/**
 * Agents write to places that are mounted again, by this run or the next: a link that one left there is mounted for
 * nobody, and nobody writes to what decides on walls.
 *
 * @throws Refusal
 */
export async function checkBinds(binds: readonly Bind[], installation: Installation): Promise<void> {
  for (const { source, readOnly } of binds) {
    const path = normalize(source);
    const { groupsDirectory, dataDirectory } = installation;
    const writable = [groupsDirectory, dataDirectory].find((directory) => isWithin(path, directory));
    if (writable !== undefined && (await isReachedWithoutLink(path, writable)) === false) {
      throw new Refusal(`docker run: ${printable(source)} is reached by a symbolic link.`, {
        hint: "Agents can make links there, which may lead anywhere. Look at it, and remove it.",
      });
    }
    const place = readOnly ? undefined : await protectedPlaceIn(path, installation);
    if (place === undefined) continue;
    throw new Refusal(
      `docker run: ${printable(source)} is mounted for writing, and holds or is in ${printable(place)}.`,
      { hint: "An agent could lower its own walls there. Mount it with :ro, or another directory." },
    );
  }
}
