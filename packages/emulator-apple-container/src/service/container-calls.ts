import { copyIn, copyOut } from "../container/copy.js";
import { type ContainerUsage, readUsage } from "../container/usage.js";
import { ContainerFailure } from "../failures.js";
import { faultStrikes } from "../state/faults.js";
import { readSettings } from "../state/settings.js";
import type { ManagedContainer } from "./managed-container.js";

/** Undefined where the container does not run. */
export function usageOf({ id, guest, state, configuration }: ManagedContainer): ContainerUsage | undefined {
  if (guest === undefined || state !== "running") return undefined;
  const { memoryInBytes } = configuration.resources;
  return readUsage(id, guest.pid, memoryInBytes, guest.surroundings.controlGroups);
}

/** One way or the other (apple-container.md §5.10). Other calls for the container wait for the end. */
export async function copy(
  container: ManagedContainer,
  home: string,
  { source, destination, direction }: { source: string; destination: string; direction: "in" | "out" },
): Promise<string> {
  const { id, guest, state } = container;
  if (guest === undefined || state !== "running") {
    throw new ContainerFailure("invalidState", `container ${id} is not running`);
  }
  return await container.hold(async () => {
    if (direction === "in") return await copyIn(guest.pid, source, destination);
    const path = await copyOut(guest.pid, source, destination);
    if (path !== undefined) return path;
    // I#1927: the guest's agent never answers, and the container is not to be spoken to any more.
    if (faultStrikes(home, readSettings(home), "copy-missing")) await new Promise(() => undefined);
    throw new ContainerFailure("notFound", "copy: path not found");
  });
}
