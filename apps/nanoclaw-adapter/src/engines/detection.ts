import { SandboxError } from "@nanoclaw/sandbox";
import { type MinimumIsolation, meets } from "../policy/isolation.js";
import type { Detected } from "../policy/resolve.js";
import { isAsStrongAs, type Runtime, runtimes } from "../runtime.js";
import type { DetectionMemory } from "./memory.js";
import type { Finding } from "./survey.js";

/** NanoClaw's own order, and last what needs nothing but Linux. */
const order: readonly Runtime[] = ["container", "tart", "docker", "local"];

/**
 * The first engine that is there. What an installation was given before is not taken away again by an engine that is
 * down: then this refuses, until the engine is back or the host says something else.
 *
 * @throws SandboxError `engine_unavailable` with every reason.
 */
export async function detect(
  minimum: MinimumIsolation | undefined,
  look: (runtime: Runtime) => Promise<Finding>,
  memory: DetectionMemory,
): Promise<Detected> {
  const known = await memory.runtimes();
  const before = runtimes.find((runtime) => known.includes(runtime) && meets(runtime, minimum));
  const missing: Finding[] = [];
  for (const runtime of order.filter((each) => meets(each, minimum))) {
    if (before !== undefined && !isAsStrongAs(runtime, before)) continue;
    const finding = await look(runtime);
    if (!finding.available) {
      missing.push(finding);
      continue;
    }
    await memory.add(runtime);
    const reasons = missing.map(({ runtime: each, reason }) => ` Not there: ${each} (${reason})`).join("");
    return { runtime, source: "engines that are there", reason: `The first that is there.${reasons}` };
  }
  throw refusal(minimum, before, missing, memory);
}

function refusal(
  minimum: MinimumIsolation | undefined,
  before: Runtime | undefined,
  missing: readonly Finding[],
  memory: DetectionMemory,
): SandboxError {
  const wall = minimum ? ` with at least ${minimum} isolation` : "";
  const what = before
    ? `Groups of this installation ran in ${before} so far, and no engine${wall} as strong is there.`
    : `No engine${wall} is there.`;
  const reasons = missing.map(({ runtime, reason }) => `  ${runtime}: ${reason}`);
  return new SandboxError("engine_unavailable", [what, ...reasons].join("\n"), {
    retryable: missing.some(({ mayCome }) => mayCome),
    hint: before
      ? `Start ${before} again. To go on with a weaker wall set CONTAINER_RUNTIME, or remove ${memory.directory}.`
      : 'Install or start one: "nanoclaw-sandbox doctor" tells what each needs.',
  });
}
