import type { Capabilities, Limits } from "@nanoclaw/sandbox";
import type { Decision } from "../policy/decision.js";
import { type Runtime, runtimes } from "../runtime.js";
import { engineAbilities } from "./abilities.js";
import type { SessionResources, SessionSpec } from "./contract.js";
import { specInvalid } from "./session-failure.js";

/**
 * The policy's decision with what the host asks for this session. The tier can only raise the wall, and of two limits
 * the stricter one counts.
 *
 * @throws `spec-invalid` when the driver has no engine that would do.
 */
export function decisionFor(
  decision: Decision,
  { runtimeTier, network }: SessionSpec,
  engines: readonly Runtime[],
): Decision {
  const raised = runtimeTier === "vm" ? asVm(decision, engines) : decision;
  if (!engines.includes(raised.runtime)) {
    throw specInvalid(`the group ${decision.folder} gets ${raised.runtime}, which this driver was not given`);
  }
  return {
    ...raised,
    fallback: raised.fallback.filter((runtime) => engines.includes(runtime)),
    network: network === "none" ? "none" : raised.network,
    // A session's name and directory must be free when it wakes again: one that failed is not kept.
    keep: { on: "never", ttlMs: 0 },
  };
}

/** In a virtual machine, whatever the policy has allowed besides. */
function asVm(decision: Decision, engines: readonly Runtime[]): Decision {
  const { runtime, fallback } = decision;
  if (engineAbilities[runtime].vm)
    return { ...decision, fallback: fallback.filter((each) => engineAbilities[each].vm) };
  // Of those the one next to what was decided first; any of them is stronger than that.
  const [first, ...others] = runtimes
    .filter((each) => engineAbilities[each].vm && engines.includes(each))
    .reverse();
  if (first === undefined)
    throw specInvalid("runtimeTier 'vm' is asked for, and this driver has no such engine");
  // What belonged to the weaker engine, such as its image, is nothing to a machine.
  const own = { image: undefined, entrypoint: undefined, ...decision.inFallback?.[first] };
  return { ...decision, ...own, runtime: first, fallback: others };
}

/** Limits for one session, and those the host asked for that this engine has not. */
export interface SessionLimits {
  readonly limits: Limits;
  readonly unrealized: readonly (keyof SessionResources)[];
}

const limitOf = { memoryMb: "memoryMiB", cpus: "cpuCount", pidsLimit: "pidCount" } as const;

/** @throws `spec-invalid` for a limit that is no number. */
export function limitsFor(
  policy: Limits,
  asked: SessionResources,
  { limits: can }: Capabilities,
): SessionLimits {
  const limits: { -readonly [K in keyof Limits]: Limits[K] } = { ...policy };
  const unrealized: (keyof SessionResources)[] = asked.shmSizeMb === undefined ? [] : ["shmSizeMb"];
  for (const name of ["memoryMb", "cpus", "pidsLimit"] as const) {
    const text = asked[name];
    if (text === undefined) continue;
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0)
      throw specInvalid(`resources.${name} must be a number above 0`);
    const limit = limitOf[name];
    if (can[limit]) limits[limit] = Math.min(limits[limit] ?? value, value);
    else unrealized.push(name);
  }
  return { limits, unrealized };
}
