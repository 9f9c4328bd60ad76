import type { Parsed } from "@nanoclaw/emulator-base";
import type { ContainerConfiguration } from "../container/configuration.js";
import type { Context } from "../context.js";
import type { ServiceConnection } from "../service/client.js";
import { draftConfiguration } from "./draft-configuration.js";

/** What `run` and `create` have in common, in the order of apple-container.md §4.1. */
export async function makeContainer(
  service: ServiceConnection,
  parsed: Parsed,
  context: Context,
): Promise<ContainerConfiguration> {
  const { configuration, imageRoot } = draftConfiguration(parsed, context);
  await service.call("containerCreate", { configuration, imageRoot, autoRemove: parsed.flag("rm") });
  return configuration;
}
