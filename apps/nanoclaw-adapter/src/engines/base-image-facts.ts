import type { Installation } from "../installation.js";
import { ImageRecords, type Manifest } from "../prepare/image-records.js";
import type { ImageRuntime } from "../prepare/recipe.js";

const dayMs = 86_400_000;
/** After so many days the agents have had newer versions. */
const oldDays = 30;

export interface BaseImageQuestion {
  readonly installation: Installation;
  readonly runtime: ImageRuntime;
  readonly image: string;
  /** As `ImageEngine.place` has it. */
  readonly place?: string;
  /** Of the image as it is now, where that is known. */
  readonly identity?: string;
  /** Default: now. */
  readonly nowMs?: number;
}

/** What is known of a base image's making, in sentences for `doctor`: F9, S12. */
export function baseImageFacts(question: BaseImageQuestion): string[] {
  const { installation, runtime, image, place, identity, nowMs = Date.now() } = question;
  const records = new ImageRecords(installation, runtime, image, place);
  const begun = records.progress();
  const goesOn = `nanoclaw-sandbox prepare --engine ${runtime} --image ${image}`;
  const left = begun === undefined ? [] : [`Its making was begun and not ended; this goes on: ${goesOn}`];
  const manifest = records.manifest();
  if (manifest === undefined) {
    return [...left, "Nothing is known of what is in it: it was not made by nanoclaw-sandbox prepare."];
  }
  if (identity !== undefined && identity !== manifest.identity) {
    return [
      ...left,
      `It has changed since it was prepared at ${manifest.preparedAt}: what is in it is not known.`,
    ];
  }
  return [...left, ...toldBy(manifest, nowMs, goesOn)];
}

function toldBy({ preparedAt, from, tools }: Manifest, nowMs: number, call: string): string[] {
  const days = Math.floor((nowMs - Date.parse(preparedAt)) / dayMs);
  const versions = tools.flatMap(({ step, version }) =>
    version === undefined ? [] : [`${step} ${version}`],
  );
  return [
    `prepared at ${preparedAt}, of ${from.name}${from.digest?.includes("sha256:") ? `, ${from.digest}` : ""}`,
    `found in it then: ${[...new Set(versions)].join(", ") || `${tools.length} tools`}`,
    ...(days > oldDays ? [`That is ${days} days ago. Newer versions: ${call} --update`] : []),
  ];
}
