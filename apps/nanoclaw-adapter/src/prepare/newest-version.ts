import { SandboxError } from "@nanoclaw/sandbox";
import type { Versions } from "./plan.js";
import type { RecipeStep } from "./recipe.js";

const answerMs = 30_000;
const longestAnswer = 64 * 1_048_576;
const exactVersion = /^[0-9]+(\.[0-9]+)+([-+][0-9A-Za-z.-]+)?$/;

/**
 * The versions of those steps that want the latest: as they are known, or as their registries tell.
 *
 * @throws SandboxError `invalid_argument` when a registry does not tell a version. None is taken for granted.
 */
export async function newestVersions(
  steps: readonly RecipeStep[],
  known: Versions,
  signal: AbortSignal,
): Promise<Versions> {
  const found = await Promise.all(
    steps.flatMap(({ name, latest }) =>
      latest === undefined
        ? []
        : [Promise.resolve(known[name] ?? newestVersion(name, latest, signal)).then((it) => [name, it])],
    ),
  );
  return Object.fromEntries(found) as Versions;
}

async function newestVersion(
  name: string,
  { url, pointer }: NonNullable<RecipeStep["latest"]>,
  signal: AbortSignal,
): Promise<string> {
  const failure = (what: string, cause?: unknown) =>
    new SandboxError("invalid_argument", `The newest version of ${name} is not known: ${url} ${what}.`, {
      cause,
      hint: "Look at the address and at the way to it, or write the version into the recipe.",
    });
  let told: unknown;
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]) });
    if (!answer.ok) throw failure(`answered with ${answer.status}`);
    const text = await answer.text();
    if (text.length > longestAnswer) throw failure("told too much");
    told = at(JSON.parse(text), pointer);
  } catch (error) {
    signal.throwIfAborted();
    if (SandboxError.is(error)) throw error;
    throw failure(error instanceof SyntaxError ? "told no JSON" : "gave no answer", error);
  }
  if (typeof told === "string" && exactVersion.test(told)) return told;
  throw failure(`has no version at ${pointer}`);
}

/** By RFC 6901. */
function at(value: unknown, pointer: string): unknown {
  const keys = pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.reduce<unknown>(
    (part, key) =>
      typeof part === "object" && part !== null && Object.hasOwn(part, key)
        ? (part as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}
