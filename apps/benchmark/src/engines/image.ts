import type Docker from "dockerode";

/** What is pulled where none of the well-known small images is there: the docker adapter's own default. */
const DEFAULT_IMAGE = "debian:stable-slim";
const WELL_KNOWN = ["debian", "busybox", "alpine", "ubuntu", "node"];

/** An image to measure with: one that the engine has, so that no download is in the way. Undefined for none. */
export function chooseImage(tags: readonly string[]): string | undefined {
  if (tags.includes(DEFAULT_IMAGE)) return DEFAULT_IMAGE;
  const repository = (tag: string) => tag.replace(/:[^:/]*$/, "").replace(/^.*\//, "");
  return WELL_KNOWN.map((name) => tags.find((tag) => repository(tag) === name)).find((tag) => tag);
}

/**
 * The image to measure with, pulled if need be.
 *
 * @throws When it has to be pulled and cannot be.
 */
export async function provideImage(
  docker: Docker,
  wanted: string | undefined,
  say: (line: string) => void,
): Promise<string> {
  const images = await docker.listImages();
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => !tag.includes("<none>"));
  const image = wanted ?? chooseImage(tags) ?? DEFAULT_IMAGE;
  if (await isThere(docker, image)) return image;
  say(`Pulling ${image}`);
  const progress = await docker.pull(image);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
  return image;
}

async function isThere(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === 404)
      return false;
    throw error;
  }
}
