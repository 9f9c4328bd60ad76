import { SandboxError } from "@nanoclaw/sandbox";
import { adapterOptions } from "../engines/adapter-options.js";
import { loadAdapter } from "../engines/adapters.js";
import type { Installation } from "../installation.js";
import type { Policy } from "../policy/policy.js";
import { readPolicy } from "../policy/policy-file.js";
import { readSettings, type Settings } from "../settings/settings.js";
import { BuiltImages } from "./built-images.js";
import type { ImageEngine } from "./image-engine.js";
import type { PrepareOptions } from "./prepare.js";
import { type ImageRuntime, imageRuntimes, readRecipe } from "./recipe.js";

/** What a user can say of a preparation. */
export interface PreparationWishes {
  readonly engine?: string;
  readonly recipe?: string;
  readonly image?: string;
  readonly update?: boolean;
  readonly replace?: boolean;
}

/** The name of an image that no setting names. NanoClaw's own `nanoclaw-agent:latest` stays NanoClaw's. */
const builtImage = "nanoclaw-base:latest";

/** What is to be prepared, by wishes, policy and settings. Makes nothing, and asks no engine. */
export async function preparationOf(
  installation: Installation,
  wishes: PreparationWishes,
  { signal, tell }: Pick<PrepareOptions, "signal" | "tell">,
): Promise<PrepareOptions> {
  const [{ policy }, settings] = await Promise.all([readPolicy(installation), readSettings(installation)]);
  const runtime = runtimeOf(wishes.engine, policy, settings);
  const recipe = await readRecipe(wishes.recipe, installation);
  const options = adapterOptions(runtime, policy, settings);
  // The image that is looked at is here and nowhere else.
  const provider = await loadAdapter(runtime, { ...options, pull: "never" });
  const image = wishes.image ?? policy.runtimes?.[runtime]?.image ?? defaultImage(runtime, settings);
  return {
    ...{ installation, runtime, provider, recipe, image, signal, tell },
    engine: await engineOf(runtime, provider, { policy, bootMs: settings.bootMs, signal, tell }),
    recipePath: wishes.recipe,
    update: wishes.update ?? false,
    replace: wishes.replace ?? false,
    bootMs: settings.bootMs,
  };
}

function runtimeOf(engine: string | undefined, policy: Policy, { runtime }: Settings): ImageRuntime {
  const said = engine ?? runtime ?? policy.default?.runtime;
  const found = imageRuntimes.find((each) => each === said);
  if (found !== undefined) return found;
  const what =
    said === undefined ? "Nothing says for which engine." : `The engine ${said} has no base images.`;
  throw new SandboxError("invalid_argument", what, {
    hint: `Add --engine ${imageRuntimes.join(", or --engine ")}.`,
  });
}

function defaultImage(runtime: ImageRuntime, { tart }: Settings): string {
  return runtime === "tart" ? tart.baseImage : builtImage;
}

interface EngineParts extends Pick<PrepareOptions, "signal" | "tell" | "bootMs"> {
  readonly policy: Policy;
}

async function engineOf(
  runtime: ImageRuntime,
  provider: PrepareOptions["provider"],
  { policy, bootMs, signal, tell }: EngineParts,
): Promise<ImageEngine> {
  switch (runtime) {
    case "docker": {
      const { imageWorkshop } = await import("@nanoclaw/sandbox-docker");
      return new BuiltImages(await imageWorkshop(provider, signal), tell);
    }
    case "tart": {
      const { TartImages } = await import("./tart-images.js");
      const { TartMachines } = await import("./tart-machines.js");
      const machines = new TartMachines(policy.runtimes?.tart ?? {}, signal, tell);
      return new TartImages(machines, { bootMs, signal, tell });
    }
    case "container": {
      const { ContainerWorkshop } = await import("./container-workshop.js");
      return new BuiltImages(new ContainerWorkshop(policy.runtimes?.container ?? {}, signal), tell);
    }
  }
}
