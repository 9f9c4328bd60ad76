import { isAsStrongAs, type Runtime } from "../runtime.js";
import type { Claim } from "./claim.js";
import type { Layer, LayerName, LoweringAttempt } from "./decision.js";
import { isolationOf, type MinimumIsolation, meets } from "./isolation.js";
import type { Profile } from "./profile.js";

/** Everything that has a say in a group's runtime, each read once. */
export interface Opinions {
  readonly profile: Profile;
  /** Where the policy stands, or would. */
  readonly policyFile: { readonly path: string; readonly exists: boolean };
  readonly registered: Claim;
  readonly groupFile: Claim;
  readonly environment: { readonly runtime?: Runtime; readonly source: string };
  /** Looks which engine is there. Only asked when nobody on the host has said which. */
  detect(minimum: MinimumIsolation | undefined): Promise<Detected>;
}

export interface Detected {
  readonly runtime: Runtime;
  readonly source: string;
  readonly reason: string;
}

export interface Resolution {
  readonly runtime: Runtime;
  /** The host's own choice, before it was raised. */
  readonly base: Runtime;
  /** The strongest first. */
  readonly layers: readonly Layer[];
  readonly attempts: readonly LoweringAttempt[];
}

/**
 * The host says what holds: the policy, else the environment, else what is there. From that on the registered
 * configuration and the group's own file may raise the wall and no more, as agents can write to both.
 */
export async function resolveRuntime(opinions: Opinions): Promise<Resolution> {
  const host = await hostLayers(opinions);
  const base = host.chosen.runtime;
  const registered = claimLayer("registered", await nameVm(opinions.registered, base, opinions), base);
  const groupFile = claimLayer(
    "group-file",
    await nameVm(opinions.groupFile, registered.holds, opinions),
    registered.holds,
  );
  const runtime = groupFile.holds;
  const layerOf = (name: LayerName): Layer => {
    const layer = host.layers.find((each) => each.layer === name);
    if (layer === undefined) throw new Error(`There is no layer ${name}.`);
    if (layer.outcome !== "chosen" || runtime === base) return layer;
    return { ...layer, outcome: "overruled", reason: `${layer.reason} It was raised to ${runtime}.` };
  };
  return {
    runtime,
    base,
    layers: [
      layerOf("policy"),
      registered.layer,
      groupFile.layer,
      layerOf("environment"),
      layerOf("detected"),
    ],
    attempts: [registered, groupFile].flatMap(({ attempt, layer: { source } }) =>
      attempt === undefined ? [] : [{ source, asked: attempt, kept: runtime }],
    ),
  };
}

/** Whoever asks for some virtual machine, and has none yet, gets the one that is there. */
async function nameVm(claim: Claim, holds: Runtime, { detect }: Opinions): Promise<Claim> {
  if (!claim.wantsVm || claim.runtime !== undefined || meets(holds, "vm")) return claim;
  return { ...claim, runtime: (await detect("vm")).runtime };
}

interface HostLayers {
  readonly chosen: { readonly runtime: Runtime };
  readonly layers: readonly Layer[];
}

async function hostLayers({ profile, policyFile, environment, detect }: Opinions): Promise<HostLayers> {
  const { runtime: named, minimum } = profile;
  const source = policyFile.path + (named ? `, ${named.place}` : "");
  const [policy, fromEnvironment] = [
    { layer: "policy", source, runtime: named?.value },
    { layer: "environment", ...environment },
  ] as const;
  const detected = { layer: "detected", source: "engines that are there" } as const;
  if (named) {
    return {
      chosen: { runtime: named.value },
      layers: [
        {
          ...policy,
          outcome: "chosen",
          reason: profile.scenario
            ? `The host's policy says that it is for ${profile.scenario.value}.`
            : "The host's policy says so.",
        },
        environment.runtime
          ? { ...fromEnvironment, outcome: "overruled", reason: "The policy file goes first." }
          : { ...fromEnvironment, outcome: "silent", reason: "CONTAINER_RUNTIME is not set." },
        { ...detected, outcome: "silent", reason: "Not looked for, as the policy names one." },
      ],
    };
  }
  const demanded = minimum ? `, and needs at least ${minimum.value} (${minimum.place}).` : " for this group.";
  const silent: Layer = {
    ...policy,
    outcome: "silent",
    reason: policyFile.exists ? `It names no runtime${demanded}` : "There is no policy file.",
  };
  if (environment.runtime && meets(environment.runtime, minimum?.value)) {
    return {
      chosen: { runtime: environment.runtime },
      layers: [
        silent,
        { ...fromEnvironment, outcome: "chosen", reason: "CONTAINER_RUNTIME says so." },
        { ...detected, outcome: "silent", reason: "Not looked for, as CONTAINER_RUNTIME names one." },
      ],
    };
  }
  const found = await detect(minimum?.value);
  const tooWeak = environment.runtime
    ? ({
        outcome: "overruled",
        reason: `${environment.runtime} isolates by ${isolationOf[environment.runtime]}, and the policy needs at least ${minimum?.value}.`,
      } as const)
    : ({ outcome: "silent", reason: "CONTAINER_RUNTIME is not set." } as const);
  return {
    chosen: found,
    layers: [
      silent,
      { ...fromEnvironment, ...tooWeak },
      { ...detected, ...found, layer: "detected", outcome: "chosen" },
    ],
  };
}

interface Heard {
  readonly layer: Layer;
  /** What holds from here on. */
  readonly holds: Runtime;
  /** What it asked for, where that was a weaker wall. */
  readonly attempt?: string;
}

/** What a claim makes of the runtime that holds so far: the same, or a stronger one. */
function claimLayer(layer: LayerName, claim: Claim, holds: Runtime): Heard {
  const { source, runtime, noSandbox, trouble } = claim;
  const said = { layer, source, ...(runtime && { runtime }) };
  const also = trouble ? ` ${trouble}` : "";
  if (runtime === undefined) {
    if (trouble === undefined)
      return { holds, layer: { ...said, outcome: "silent", reason: "It names no runtime." } };
    return { holds, attempt: noSandbox, layer: { ...said, outcome: "refused", reason: trouble } };
  }
  if (runtime === holds) {
    return {
      holds,
      layer: { ...said, outcome: "overruled", reason: `It says the same as what holds already.${also}` },
    };
  }
  if (isAsStrongAs(runtime, holds)) {
    return {
      holds: runtime,
      layer: { ...said, outcome: "raised", reason: `It asks for a stronger wall than ${holds}.${also}` },
    };
  }
  const reason = `It asks for a weaker wall than ${holds}, and an agent can write to it.${also}`;
  return { holds, attempt: runtime, layer: { ...said, outcome: "refused", reason } };
}
