import { mkdirSync } from "node:fs";
import { getLayers } from "./layer-cache.js";
import { runProgram } from "./run-program.js";
import { type TestImageName, testImages } from "./test-images.js";

/**
 * Puts an image's files into a directory, with their owners, for what runs images without an engine. Needs root.
 *
 * @param directory Made where it is missing.
 * @throws When the image cannot be built here.
 */
export async function unpackImage(name: TestImageName, directory: string): Promise<void> {
  const image = testImages[name];
  const layers = await getLayers(image.layers);
  mkdirSync(directory, { recursive: true });
  for (const layer of image.layers) {
    const { path } = layers.get(layer) ?? fail(layer);
    await runProgram("tar", ["-xpf", path, "--numeric-owner", "-C", directory]);
  }
}

function fail(layer: string): never {
  throw new Error(`The layer ${layer} was not built`);
}
