import { writeFileSync } from "node:fs";
import type { Parsed } from "@nanoclaw/emulator-base";
import type { Context } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { containerConfigurationOf } from "../options/container-configuration.js";
import { containerIdOf } from "../options/container-id.js";
import type { ServiceConnection } from "../service/client.js";
import { listContainers } from "../service/with-service.js";
import { findImage, variantFor } from "../state/images.js";
import { requireKernel } from "../state/kernel.js";
import { askedPlatform, hostPlatform } from "../state/platform.js";
import { pullImage } from "../state/pull.js";

/** What is told of each step on the way. */
export type Progress = (step: string) => void;

/**
 * What `run` and `create` have in common, in the order of apple-container.md §4.1.
 *
 * @param refuseTaken Whether a name that is taken is noticed before the image is looked for.
 */
export async function makeContainer(
  service: ServiceConnection,
  parsed: Parsed,
  context: Context,
  options: { readonly refuseTaken: boolean; readonly progress: Progress },
): Promise<{ id: string }> {
  await service.call("ping", {});
  const id = containerIdOf(parsed.optionalText("name"));
  if (options.refuseTaken && (await listContainers(service)).some((other) => other.id === id)) {
    throw new ContainerFailure("exists", `container with id ${id} already exists`);
  }
  const platform = askedPlatform(parsed, context.environment) ?? hostPlatform;
  options.progress("Fetching image");
  const name = parsed.text("image");
  const image = findImage(context.home, name) ?? (await pullImage(context, name, platform));
  options.progress("Unpacking image");
  const variant = variantFor(image, platform);
  options.progress("Fetching kernel");
  requireKernel(context.home, context.settings, parsed.optionalText("kernel"));
  options.progress("Fetching init image");
  options.progress("Unpacking init image");
  const configuration = containerConfigurationOf(parsed, context, { id, image, variant });
  await service.call("containerCreate", {
    configuration,
    imageRoot: variant.rootFileSystem,
    autoRemove: parsed.flag("rm"),
  });
  return { id };
}

/** `--cidfile`: the id without a line's end; what is there already is overwritten. */
export function writeIdFile(parsed: Parsed, id: string): void {
  const path = parsed.optionalText("cidfile");
  if (path !== undefined && path !== "") writeFileSync(path, id, { mode: 0o644 });
}
