import { SandboxError } from "@nanoclaw/sandbox";
import type { FoundImage } from "./image-engine.js";
import type { Manifest } from "./image-records.js";
import type { Plan } from "./plan.js";

/** A name that somebody else has given is his: a machine of Tart's may have years of work in it. */
export function refuseForeign(
  { image, replace }: { readonly image: string; readonly replace: boolean },
  found: FoundImage | undefined,
  ours: readonly (string | undefined)[],
): void {
  if (found?.running) {
    throw new SandboxError(
      "invalid_argument",
      `The base image ${image} runs, and its disk changes meanwhile.`,
      {
        hint: `Stop it first: tart stop ${image}`,
      },
    );
  }
  if (found === undefined || replace || found.saysPrepared || ours.includes(found.identity)) return;
  const why = ours.some(Boolean)
    ? "it has changed since it was prepared"
    : "nothing says that it was prepared by this program";
  throw new SandboxError("permission_denied", `There is an image ${image}, and ${why}.`, {
    hint: "Name another by --image, or add --replace if it is not needed any more.",
  });
}

/** Why an image is not what the recipe says, as a part of a sentence. Undefined when it is. */
export function whyChanged(
  plan: Plan,
  digest: string | undefined,
  found: FoundImage | undefined,
  manifest: Manifest | undefined,
): string | undefined {
  if (found === undefined) return "it is not there";
  if (manifest === undefined) return "nothing is known of what is in it";
  if (manifest.identity !== found.identity) return "it has changed since it was prepared";
  if (manifest.hash !== plan.hash) return "the recipe has changed since";
  if (digest !== undefined && manifest.from.digest !== digest) {
    return `there is another ${plan.from} than it was made of`;
  }
  return undefined;
}
