import { join } from "node:path";
import type { Command } from "../context.js";
import { prettyJson } from "../output/json.js";
import { printLine, printListing } from "../output/print.js";
import { diskUse, sizeText } from "../state/disk-use.js";
import { localImages } from "../state/images.js";
import { volumeFiles, volumesOf } from "../state/volumes.js";
import { allContainers, imagesInUse, volumesInUse } from "./container-use.js";

interface Use {
  readonly total: number;
  readonly active: number;
  readonly sizeInBytes: number;
  readonly reclaimable: number;
}

/** apple-container.md §3.4. */
export const run: Command = async (parsed, context) => {
  const { home, settings } = context;
  const containers = await allContainers(context, "system df");
  const [usedImages, usedVolumes] = [imagesInUse(containers), volumesInUse(containers)];
  const images = localImages(home)
    .all()
    .map(({ reference, variants }) => ({
      isActive: usedImages.has(reference),
      size: variants.reduce((sum, { size }) => sum + size, 0),
    }));
  const volumes = volumesOf(home)
    .all()
    .map(async ({ name }) => ({
      isActive: usedVolumes.has(name),
      size: await diskUse(volumeFiles(home, name)),
    }));
  const disks = containers.map(async ({ id, status }) => ({
    isActive: status.state === "running",
    size: await diskUse(join(home, "containers", id)),
  }));
  const value = {
    images: useOf(images),
    containers: useOf(await Promise.all(disks)),
    volumes: useOf(await Promise.all(volumes)),
  };
  if (parsed.text("format") === "json") printLine(prettyJson(value, settings));
  else printListing(parsed.text("format"), { value, rows: rowsOf(value) }, settings);
  return 0;
};

function useOf(things: readonly { readonly isActive: boolean; readonly size: number }[]): Use {
  const sum = (some: typeof things) => some.reduce((total, { size }) => total + size, 0);
  const active = things.filter(({ isActive }) => isActive);
  return {
    total: things.length,
    active: active.length,
    sizeInBytes: sum(things),
    reclaimable: sum(things) - sum(active),
  };
}

function rowsOf(value: Readonly<Record<"images" | "containers" | "volumes", Use>>): string[][] {
  const titles = { images: "Images", containers: "Containers", volumes: "Local Volumes" } as const;
  const lines = (["images", "containers", "volumes"] as const).map((key) => {
    const { total, active, sizeInBytes, reclaimable } = value[key];
    const share = sizeInBytes === 0 ? 0 : Math.round((reclaimable / sizeInBytes) * 100);
    return [
      titles[key],
      `${total}`,
      `${active}`,
      sizeText(sizeInBytes),
      `${sizeText(reclaimable)} (${share}%)`,
    ];
  });
  return [["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"], ...lines];
}
