import { SandboxError } from "@nanoclaw/sandbox";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import defaults from "../../base-image-recipe.json" with { type: "json" };
import schema from "../../base-image-recipe.schema.json" with { type: "json" };
import type { Installation } from "../installation.js";
import { liesIn, whyNotTrusted } from "../policy/trusted-path.js";
import { readRegularFile, UnusableFile } from "../settings/regular-file.js";

/** The engines that have base images. */
export type ImageRuntime = "tart" | "docker" | "container";

export const imageRuntimes: readonly ImageRuntime[] = ["tart", "docker", "container"];

/** What is installed into a base image, and how it is known to be there. */
export interface RecipeStep {
  readonly name: string;
  readonly engines?: readonly ImageRuntime[];
  readonly version?: string;
  readonly latest?: { readonly url: string; readonly pointer: string };
  readonly run: string | readonly string[];
  readonly verify: readonly (readonly string[])[];
}

/** Base images as data, described in docs/nanoclaw/base-image.md. */
export interface Recipe {
  readonly engines: Readonly<
    Partial<Record<ImageRuntime, { readonly from: string; readonly user?: string }>>
  >;
  readonly steps: readonly RecipeStep[];
}

const limitBytes = 1_048_576;
let isRecipe: ValidateFunction<Recipe> | undefined;

/**
 * The recipe that comes with this package, or that of a file, which must be one that nobody else can write to, agents
 * least of all: their sandboxes are made of what it says.
 *
 * @throws SandboxError `invalid_argument`, `permission_denied`.
 */
export async function readRecipe(path: string | undefined, installation: Installation): Promise<Recipe> {
  if (path === undefined) return checkRecipe(defaults, "The recipe of this package");
  const text = await readText(path, installation);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SandboxError("invalid_argument", `The recipe ${path} is not JSON: ${String(cause)}.`, {
      cause,
    });
  }
  return checkRecipe(value, `The recipe ${path}`);
}

async function readText(path: string, installation: Installation): Promise<string> {
  try {
    const file = await readRegularFile(path, { limitBytes, followLink: true });
    if (file === undefined) throw new UnusableFile("is not there");
    for (const directory of [installation.groupsDirectory, installation.dataDirectory]) {
      if (!(await liesIn(path, directory))) continue;
      const message = `The recipe ${path} lies in ${directory}, which agents can write to.`;
      throw new SandboxError("permission_denied", message, { hint: "Move it to another place." });
    }
    const distrust = await whyNotTrusted(path, file);
    if (distrust === undefined) return file.text;
    throw new SandboxError("permission_denied", `The recipe ${path} is not believed: ${distrust.reason}.`, {
      hint: distrust.hint,
    });
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new SandboxError("invalid_argument", `The recipe ${path} ${error.message}.`, { cause: error });
  }
}

/**
 * The value, checked against the published schema, and for what would hide a failure or take what nobody has named.
 *
 * @param source For the error, as the beginning of a sentence.
 * @throws SandboxError `invalid_argument` with every fault.
 */
export function checkRecipe(value: unknown, source: string): Recipe {
  isRecipe ??= new Ajv2020({ strict: false, allErrors: true }).compile<Recipe>(schema);
  const faults = isRecipe(value)
    ? [...value.steps.flatMap(stepFaults), ...sameNames(value), ...fromFaults(value)]
    : (isRecipe.errors ?? [])
        .filter(({ keyword }) => keyword !== "anyOf")
        .map(({ instancePath, message, params }) => {
          const key = "additionalProperty" in params ? ` ${JSON.stringify(params.additionalProperty)}` : "";
          return `${instancePath.slice(1) || "the whole"} ${message}${key}`;
        });
  if (faults.length === 0) return value as Recipe;
  const lines = [...new Set(faults)].map((fault) => `  ${fault}`).join("\n");
  throw new SandboxError("invalid_argument", `${source} has faults:\n${lines}`, {
    hint: "docs/nanoclaw/base-image.md describes the form.",
  });
}

/** The script of a step as one text. */
export function scriptOf({ run }: RecipeStep): string {
  return typeof run === "string" ? run : run.join("\n");
}

function stepFaults(step: RecipeStep): string[] {
  const script = scriptOf(step);
  const faults: string[] = [];
  if (/\|\|\s*(true|:)(\s|;|\)|\}|$)/m.test(script)) {
    faults.push(`step ${step.name} hides its failure: leave out "|| true"`);
  }
  if (/\b(curl|wget)\b[^\n;]*\|\s*(sudo\s+(-\S+\s+)*)?(\S*\/)?(ba|da|z)?sh\b/.test(script)) {
    faults.push(`step ${step.name} runs what it downloads unseen: compare its checksum before it is run`);
  }
  if (step.version === "latest" && step.latest === undefined) {
    faults.push(`step ${step.name} wants the latest version and does not say where it is told: add "latest"`);
  }
  if (step.version !== "latest" && step.latest !== undefined) {
    faults.push(`step ${step.name} says where the latest version is told and wants another: write "latest"`);
  }
  return faults;
}

/** A name has one meaning in each engine. */
function sameNames({ steps }: Recipe): string[] {
  return imageRuntimes.flatMap((engine) => {
    const names = steps.filter(({ engines }) => engines?.includes(engine) ?? true).map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    return twice.map((name) => `two steps for ${engine} are called ${name}`);
  });
}

/** Another image each time is no base. Tart's own machines, alone, have names without a tag. */
function fromFaults({ engines }: Recipe): string[] {
  return imageRuntimes.flatMap((engine) => {
    const { from } = engines[engine] ?? {};
    if (from === undefined || (engine === "tart" && !/[/:@]/.test(from))) return [];
    if (/@sha256:[0-9a-f]{64}$/.test(from)) return [];
    const tag = /:([^/:@]+)$/.exec(from)?.[1];
    if (tag !== undefined && tag !== "latest") return [];
    return [
      `engines/${engine}/from: ${from} is another image each time: write its version as a tag, or its digest`,
    ];
  });
}
