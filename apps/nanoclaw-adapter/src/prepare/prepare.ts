import { SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import { refuseForeign, whyChanged } from "./found-image.js";
import type { FoundImage, ImageEngine } from "./image-engine.js";
import { ImageRecords, type Manifest, type Progress } from "./image-records.js";
import { newestVersions } from "./newest-version.js";
import { type Plan, planFor, stepsFor, type Versions } from "./plan.js";
import type { ImageRuntime, Recipe } from "./recipe.js";
import { failedStep } from "./step-failure.js";
import { verifyImage } from "./verification.js";

export interface PrepareOptions {
  readonly installation: Installation;
  readonly runtime: ImageRuntime;
  readonly engine: ImageEngine;
  /** For the sandbox in which the image is verified. It must not pull: the image is here and nowhere else. */
  readonly provider: SandboxProvider;
  readonly recipe: Recipe;
  /** Where it stands; absent for the one of the package. */
  readonly recipePath?: string;
  /** The name that the image gets. */
  readonly image: string;
  /** Takes newer versions, a newer image to begin with, and a changed recipe. */
  readonly update: boolean;
  /** Takes the name from an image that was not prepared here. */
  readonly replace: boolean;
  readonly bootMs: number;
  readonly signal: AbortSignal;
  /** A line for the user. */
  tell(line: string): void;
}

export interface Prepared {
  /** `current`: there was nothing to do. */
  readonly outcome: "prepared" | "current";
  readonly manifest: Manifest;
}

/**
 * Makes a base image of a recipe: only one in which each tool was found gets the name. What fails can be gone on with
 * by the same call.
 *
 * @throws SandboxError `command_failed` for a step; `already_exists`; `permission_denied` for an image that is not ours.
 */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { engine, image, runtime, installation, update } = options;
  engine.checkName(image);
  const records = new ImageRecords(installation, runtime, image, engine.place);
  using _ = await records.hold();
  const before = records.progress();
  const manifest = records.manifest();
  const versions = await versionsFor(options, before?.versions ?? manifest?.versions ?? {});
  const plan = planFor(options.recipe, runtime, versions);
  const found = await engine.find(image);
  refuseForeign(options, found, [manifest?.identity, before?.identity]);
  if (update) await engine.fetch(plan.from, true);
  const digest = await engine.digestOf(plan.from);
  const change = whyChanged(plan, digest, found, manifest);
  if (change === undefined && manifest !== undefined) return { outcome: "current", manifest };
  // What was begun is gone on with, and was asked for then.
  if (found !== undefined && before === undefined && !update && !options.replace) {
    throw new SandboxError("already_exists", `The base image ${image} is there, and ${change}.`, {
      hint: "Add --update to make it anew.",
    });
  }
  const progress = await begin(options, plan, records, { before, found });
  try {
    return { outcome: "prepared", manifest: await finish(options, plan, records, progress) };
  } catch (error) {
    throw withWayOn(error, options, records, plan);
  }
}

/** What `prepare` would do, without a change anywhere. */
export async function previewOf(
  options: PrepareOptions,
): Promise<{ plan: Plan; done: number; change: string }> {
  const { engine, image, runtime, installation } = options;
  engine.checkName(image);
  const records = new ImageRecords(installation, runtime, image, engine.place);
  const [before, manifest] = [records.progress(), records.manifest()];
  const versions = await versionsFor(options, before?.versions ?? manifest?.versions ?? {});
  const plan = planFor(options.recipe, runtime, versions);
  const found = await engine.find(image);
  refuseForeign(options, found, [manifest?.identity, before?.identity]);
  const change = whyChanged(plan, await engine.digestOf(plan.from), found, manifest) ?? "it is up to date";
  const goesOn = before !== undefined && (await engine.canGoOn(before, plan));
  return { plan, done: goesOn ? before.done.length : 0, change };
}

/** Throws away what a call has left that failed, or was interrupted. False when there is nothing. */
export async function discard({ installation, runtime, engine, image }: PrepareOptions): Promise<boolean> {
  engine.checkName(image);
  const records = new ImageRecords(installation, runtime, image, engine.place);
  using _ = await records.hold();
  const progress = records.progress();
  if (progress === undefined) return false;
  await engine.discard(progress.working);
  records.clearProgress();
  return true;
}

/** Those that the recipe calls "latest" stay what they were until somebody wants newer ones. */
async function versionsFor(
  { recipe, runtime, update, signal }: PrepareOptions,
  known: Versions,
): Promise<Versions> {
  return await newestVersions(stepsFor(recipe, runtime), update ? {} : known, signal);
}

/** Goes on with what an earlier call has left, if it is of this plan, or makes a new beginning. */
async function begin(
  { engine, image, tell }: PrepareOptions,
  plan: Plan,
  records: ImageRecords,
  { before, found }: { readonly before: Progress | undefined; readonly found: FoundImage | undefined },
): Promise<Progress> {
  const name = plan.from;
  await engine.fetch(name, false);
  const digest = await engine.digestOf(name);
  if (before !== undefined) {
    const same = before.from.name === name && before.from.digest === digest;
    const isDone = before.stage === "verified" && before.hash === plan.hash;
    // Only the record of it is missing.
    if (same && isDone && found?.identity === before.identity) return before;
    const resumed: Progress = isDone
      ? before
      : { ...before, ...again(before), hash: plan.hash, versions: versionsOf(plan) };
    if (same && (await engine.canGoOn(resumed, plan))) {
      if (before.done.length > 0) tell(`Going on after step ${before.done.length} of ${plan.steps.length}.`);
      records.writeProgress(resumed);
      return resumed;
    }
    tell("What an earlier call has left is of another recipe, and thrown away.");
    await engine.discard(before.working);
  }
  const working = engine.workingName(image);
  const other = await engine.find(working);
  if (other !== undefined && !other.saysPrepared) {
    throw new SandboxError(
      "permission_denied",
      `There is an image ${working}, and nothing proves that it is ours.`,
      {
        hint: "Remove it, if you know that it is not needed.",
      },
    );
  }
  const progress: Progress = {
    ...{ format: 1, image, working, from: { name, digest } },
    ...{ versions: versionsOf(plan), stage: "copying", hash: plan.hash, done: [] },
  };
  records.writeProgress(progress);
  return progress;
}

/** One that was verified as another recipe wants it is to be looked at again. */
function again({ stage }: Progress): Partial<Progress> {
  return stage === "verified" ? { stage: "installing", identity: undefined, tools: undefined } : {};
}

async function finish(
  options: PrepareOptions,
  plan: Plan,
  records: ImageRecords,
  begun: Progress,
): Promise<Manifest> {
  const { engine, provider, runtime, image, recipePath, bootMs, signal, tell } = options;
  let progress = begun;
  const remember = (next: Progress) => {
    progress = next;
    records.writeProgress(next);
  };
  if (progress.stage !== "verified") {
    await engine.make({ plan, image, progress, remember });
    tell("Each tool is looked for in a sandbox of the new image.");
    const network = runtime !== "tart" && provider.capabilities.network.none ? "none" : "open";
    const { working } = progress;
    const tools = await verifyImage(provider, { image: working, steps: plan.steps, network, bootMs, signal });
    const identity = (await engine.find(working))?.identity;
    remember({ ...progress, stage: "verified", identity, tools });
  }
  let found = await engine.find(image);
  if (found === undefined || found.identity !== progress.identity) {
    // Hours may have passed, in which somebody has given the name to another.
    refuseForeign(options, found, [records.manifest()?.identity]);
    await engine.publish(progress.working, image);
    found = await engine.find(image);
  }
  if (found === undefined || found.identity !== progress.identity) {
    throw new SandboxError("adapter_fault", `The image ${image} is not the one that was verified.`);
  }
  const manifest: Manifest = {
    ...{ format: 1, engine: runtime, image, identity: found.identity, from: progress.from },
    ...{ recipe: recipePath, hash: plan.hash, versions: progress.versions },
    ...{ tools: progress.tools ?? [], preparedAt: new Date().toISOString() },
  };
  records.writeManifest(manifest);
  records.clearProgress();
  return manifest;
}

/** The step that failed is done again, and those after it: they may hang on it. */
function withWayOn(error: unknown, options: PrepareOptions, records: ImageRecords, plan: Plan): unknown {
  const { runtime, image } = options;
  const step = failedStep(error);
  const progress = records.progress();
  if (step !== undefined && progress !== undefined) {
    const index = plan.steps.findIndex(({ name }) => name === step);
    records.writeProgress({ ...progress, done: progress.done.slice(0, index) });
  }
  if (!SandboxError.is(error) || progress === undefined) return error;
  const { code, message, cause, hint } = error;
  const call = `nanoclaw-sandbox prepare --engine ${runtime} --image ${image}`;
  return new SandboxError(code, message, {
    cause: cause ?? error,
    hint: `${hint ? `${hint} ` : ""}No image has got the name. The same call goes on; this throws away what is there: ${call} --discard`,
  });
}

function versionsOf({ steps }: Plan): Versions {
  return Object.fromEntries(
    steps.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version]])),
  );
}
