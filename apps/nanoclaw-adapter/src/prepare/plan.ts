import { createHash } from "node:crypto";
import { SandboxError } from "@nanoclaw/sandbox";
import { quote } from "@nanoclaw/sandbox/adapter";
import { type ImageRuntime, type Recipe, type RecipeStep, scriptOf } from "./recipe.js";

/** A step as it is run in one engine: nothing in it is left to be found out. */
export interface PlannedStep {
  readonly name: string;
  readonly version?: string;
  /** For `sh -e`, with `$VERSION`. */
  readonly script: string;
  readonly verify: readonly (readonly string[])[];
  /** Of this step and of all before it: a changed step changes those of all that follow. */
  readonly hash: string;
}

/** What is to be done for one engine's image. */
export interface Plan {
  readonly engine: ImageRuntime;
  readonly from: string;
  readonly user?: string;
  readonly steps: readonly PlannedStep[];
  /** Of all that makes the image what it is. */
  readonly hash: string;
}

/** Exact versions by step, for those that the recipe calls "latest". */
export type Versions = Readonly<Record<string, string>>;

/**
 * A recipe for one engine.
 *
 * @throws SandboxError `invalid_argument` when the recipe has nothing for it.
 */
export function planFor(recipe: Recipe, engine: ImageRuntime, versions: Versions): Plan {
  const base = recipe.engines[engine];
  if (base === undefined) {
    throw new SandboxError("invalid_argument", `The recipe has no image for ${engine} to begin with.`, {
      hint: `Add engines/${engine}/from to it, or name one of ${Object.keys(recipe.engines).join(", ")} by --engine.`,
    });
  }
  const { from, user } = base;
  let before = digestOf([from]);
  const steps = stepsFor(recipe, engine).map((step) => {
    const planned = { ...exact(step, versions), verify: step.verify };
    before = digestOf([before, planned.name, planned.version, planned.script, planned.verify]);
    return { ...planned, hash: before };
  });
  if (steps.length === 0) {
    throw new SandboxError("invalid_argument", `The recipe has no step for ${engine}.`, {
      hint: `Add "${engine}" to the engines of some.`,
    });
  }
  return { engine, from, user, steps, hash: digestOf([before, user]) };
}

/** The steps of a recipe that an engine runs, in order. */
export function stepsFor({ steps }: Recipe, engine: ImageRuntime): RecipeStep[] {
  return steps.filter(({ engines }) => engines?.includes(engine) ?? true);
}

function exact(step: RecipeStep, versions: Versions): Pick<PlannedStep, "name" | "version" | "script"> {
  const { name } = step;
  const version = step.version === "latest" ? versions[name] : step.version;
  if (step.version !== undefined && version === undefined) {
    throw new SandboxError("adapter_fault", `The newest version of ${name} was not looked up.`);
  }
  const script = scriptOf(step);
  return version === undefined
    ? { name, script }
    : { name, version, script: `VERSION=${quote(version)}\nexport VERSION\n${script}` };
}

function digestOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
