import { askEngine } from "../engine/api.js";
import { describeImage, imageArchive } from "./image-archive.js";
import { getLayers } from "./layer-cache.js";
import { type TestImageName, testImages } from "./test-images.js";

/**
 * Puts images into the engine behind a socket; those that it has in the same form are left alone.
 *
 * @throws When an image cannot be built here, or the engine refuses it.
 */
export async function importImages(socketPath: string, names: readonly TestImageName[]): Promise<void> {
  const images = names.map((name) => testImages[name]);
  const layers = await getLayers([...new Set(images.flatMap((image) => image.layers))]);
  const isThere = async (image: (typeof images)[number]) =>
    (await imageId(socketPath, image.reference)) === describeImage(image, layers).id;

  const missing = [];
  for (const image of images) if (!(await isThere(image))) missing.push(image);
  if (missing.length === 0) return;
  const { status, body } = await askEngine(socketPath, "/images/load?quiet=1", {
    method: "POST",
    body: imageArchive(missing, layers),
    timeoutMs: 120_000,
  });
  // The status is sent before the work is done; what went wrong then is in the body.
  for (const image of missing) {
    if (!(await isThere(image)))
      throw new Error(`The engine did not take ${image.reference}: ${status} ${body}`);
  }
}

async function imageId(socketPath: string, reference: string): Promise<string | undefined> {
  const { status, body } = await askEngine(socketPath, `/images/${reference}/json`);
  if (status === 404) return undefined;
  const answer: unknown = JSON.parse(body);
  if (status === 200 && typeof answer === "object" && answer !== null && "Id" in answer) {
    return String(answer.Id).replace(/^sha256:/, "");
  }
  throw new Error(`Looking for ${reference}: status ${status}: ${body}`);
}
