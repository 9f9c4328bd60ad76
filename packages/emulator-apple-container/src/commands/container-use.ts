import type { ContainerSnapshot } from "../container/configuration.js";
import type { Context } from "../context.js";
import { listContainers, withService } from "../service/with-service.js";

/** All containers, whatever their state. */
export function allContainers(context: Context, command: string): Promise<ContainerSnapshot[]> {
  return withService(context, command, listContainers);
}

/** The names of the volumes that containers have, also such that do not run (apple-container.md §10.4). */
export function volumesInUse(containers: readonly ContainerSnapshot[]): Set<string> {
  const names = containers.flatMap(({ configuration }) =>
    configuration.mounts.flatMap(({ type }) => ("volume" in type ? [type.volume.name] : [])),
  );
  return new Set(names);
}

/** The names of the networks that containers were made with. */
export function networksInUse(containers: readonly ContainerSnapshot[]): Set<string> {
  return new Set(
    containers.flatMap(({ configuration }) => configuration.networks.map(({ network }) => network)),
  );
}

/** The full names of the images that containers were made from. */
export function imagesInUse(containers: readonly ContainerSnapshot[]): Set<string> {
  return new Set(containers.map(({ configuration }) => configuration.image.reference));
}

export async function countContainers(context: Context): Promise<{ total: number; running: number }> {
  const containers = await allContainers(context, "system status");
  return {
    total: containers.length,
    running: containers.filter(({ status }) => status.state === "running").length,
  };
}
