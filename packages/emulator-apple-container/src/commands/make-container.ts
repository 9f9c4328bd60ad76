import type { Parsed } from "@nanoclaw/emulator-base";
import type { ContainerConfiguration } from "../container/configuration.js";
import type { Context } from "../context.js";
import { containerConfigurationOf } from "../options/container-configuration.js";
import { containerIdOf } from "../options/container-id.js";
import type { ServiceConnection } from "../service/client.js";
import { findImage, variantFor } from "../state/images.js";
import { requireKernel } from "../state/kernel.js";
import { askedPlatform, hostPlatform } from "../state/platform.js";
import { pullImage } from "../state/pull.js";

/** What `run` and `create` have in common, in the order of apple-container.md §4.1: steps 2 to 9 but for the third. */
export async function makeContainer(
  service: ServiceConnection,
  parsed: Parsed,
  context: Context,
): Promise<ContainerConfiguration> {
  const { home, settings, environment } = context;
  const id = containerIdOf(parsed.optionalText("name"));
  const platform = askedPlatform(parsed, environment) ?? hostPlatform;
  const name = parsed.text("image");
  const image = findImage(home, name) ?? (await pullImage(context, name, platform));
  const variant = variantFor(image, platform);
  requireKernel(home, settings, parsed.optionalText("kernel"));
  const configuration = containerConfigurationOf(parsed, context, { id, image, variant });
  await service.call("containerCreate", {
    configuration,
    imageRoot: variant.rootFileSystem,
    autoRemove: parsed.flag("rm"),
  });
  return configuration;
}
