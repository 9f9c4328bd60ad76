import { type CallContext, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { ContainerCli } from "./engine.js";
import { imageFailure } from "./failures.js";
import type { Settings } from "./options.js";

/** A large image on a slow line; the caller's own time is mostly shorter. */
const pullMs = 1_800_000;

/** Sees to it that there is a copy of the image, so that the start of a container need not wait for one. */
export async function provideImage(
  cli: ContainerCli,
  image: string,
  { pull, platform }: Settings,
  context: CallContext,
): Promise<void> {
  const { signal, emit } = context;
  if (pull !== "always" && (await hasImage(cli, image, signal))) return;
  if (pull === "never") {
    throw new SandboxError("image_not_found", `container has no image ${image}.`, {
      hint: `Pull it first: container image pull --platform=${platform} ${image}`,
    });
  }
  emit({ type: "progress", phase: "pull", message: `${image} is pulled.` });
  try {
    // Without a platform it would be pulled for all of them.
    const args = ["image", "pull", "--progress=none", `--platform=${platform}`, "--", image];
    await cli.call(args, { signal, timeoutMs: pullMs });
  } catch (error) {
    if (signal.aborted || !SandboxError.is(error)) throw error;
    throw imageFailure(image, error);
  }
  emit({ type: "progress", phase: "pull", message: `${image} was pulled.`, current: 1, total: 1 });
}

async function hasImage(cli: ContainerCli, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await cli.call(["image", "inspect", "--", image], { signal });
    return true;
  } catch (error) {
    if (SandboxError.is(error, "image_not_found")) return false;
    throw error;
  }
}
