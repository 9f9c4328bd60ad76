import { statfs } from "node:fs/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** A clone shares its image's blocks, and its guest writes from its first moment on. */
const leastForCloneGiB = 1;
/** No image of a system is smaller by much. */
const leastForPullGiB = 5;
/** What the smaller ones of macOS take already while they are compressed (tart.md §8). */
const leastForMacPullGiB = 25;
/** Below it a pull of one of the larger images may fail. */
const advisedGiB = 60;

const hint = "Free disk space: `tart prune --older-than 7` drops images that were not used for a week.";

/** An image and whether Tart has it. */
interface WantedImage {
  readonly name: string;
  readonly there: boolean;
}

/** What is free where Tart keeps machines and images, in whole GiB. Space that macOS could make by itself is not in it. */
export async function freeSpace(home: string): Promise<number> {
  const { bavail, bsize } = await statfs(home);
  return Math.floor((bavail * bsize) / 2 ** 30);
}

/** Why no sandbox of this image can be made with so much free, or nothing. */
export function shortage({ name, there }: WantedImage, freeGiB: number): SandboxError | undefined {
  const least = there ? leastForCloneGiB : /(^|\/)macos-/.test(name) ? leastForMacPullGiB : leastForPullGiB;
  if (freeGiB >= least) return undefined;
  const purpose = there ? "a virtual machine" : `the image ${name}`;
  return new SandboxError(
    "resource_exhausted",
    `There are ${freeGiB} GiB free on Tart's disk, and ${purpose} needs ${least} at least.`,
    { hint },
  );
}

/** What a person should know before a sandbox of this image is asked for. */
export function diskProblem(
  image: WantedImage,
  freeGiB: number,
): { message: string; hint: string } | undefined {
  const refusal = shortage(image, freeGiB);
  if (refusal) return { message: refusal.message, hint };
  if (image.there || freeGiB >= advisedGiB) return undefined;
  return { message: `There are ${freeGiB} GiB free, and an image may need ${advisedGiB}.`, hint };
}
