import { type Capabilities, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import { adapterOptions } from "../engines/adapter-options.js";
import { loadAdapter } from "../engines/adapters.js";
import { detect } from "../engines/detection.js";
import { whyForeign } from "../engines/foreign-platform.js";
import { DetectionMemory } from "../engines/memory.js";
import { shortcomings } from "../engines/shortcomings.js";
import { type Finding, type LookOptions, notThere, Survey, type SurveyTimes } from "../engines/survey.js";
import type { Group } from "../group.js";
import type { Installation } from "../installation.js";
import { isRuntime, type Runtime } from "../runtime.js";
import { type Environment, readSettings } from "../settings/settings.js";
import { decideFor } from "./decide.js";
import type { Choice, Decision } from "./decision.js";
import { readPolicy } from "./policy-file.js";
import type { Router } from "./router.js";

export interface RouterOptions {
  /** Default: `process.env`. It is read and never written. */
  readonly environment?: Environment;
  /** Adapters that the host has made itself, instead of those that settings and policy describe. */
  readonly providers?: Readonly<Partial<Record<Runtime, SandboxProvider>>>;
  readonly surveyTimes?: SurveyTimes;
}

/** Where a fallback is allowed, it hangs on what is there now. In milliseconds. */
const fallbackAgeMs = 2_000;

/** Who tells which engine a group of this installation gets. */
export function createRouter(installation: Installation, options: RouterOptions = {}): Router {
  return new PolicyRouter(installation, options);
}

export class PolicyRouter implements Router {
  readonly installation: Installation;
  readonly #environment: Environment;
  readonly #given: Readonly<Partial<Record<Runtime, SandboxProvider>>>;
  readonly #survey: Survey;
  readonly #memory: DetectionMemory;
  /** By runtime, with the options that each was made with. */
  readonly #made = new Map<
    Runtime,
    { readonly options: string; readonly provider: Promise<SandboxProvider> }
  >();

  constructor(installation: Installation, options: RouterOptions = {}) {
    this.installation = installation;
    this.#environment = options.environment ?? process.env;
    this.#given = options.providers ?? {};
    this.#survey = new Survey(options.surveyTimes);
    this.#memory = new DetectionMemory(installation);
  }

  async decide(group: Group): Promise<Decision> {
    const [file, settings] = await Promise.all([
      readPolicy(this.installation),
      readSettings(this.installation, this.#environment),
    ]);
    return await decideFor(group, {
      installation: this.installation,
      file,
      settings,
      detect: (minimum) => detect(minimum, (runtime) => this.look(runtime), this.#memory),
    });
  }

  async choose(decision: Decision, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Choice> {
    const { runtime: wanted, fallback } = decision;
    const looking = fallback.length > 0 ? { signal, maximumAgeMs: fallbackAgeMs } : { signal };
    const missing: Finding[] = [];
    for (const runtime of [wanted, ...fallback]) {
      const finding = await this.look(runtime, looking);
      const inRuntime =
        runtime === wanted ? decision : { ...decision, ...without, ...decision.inFallback?.[runtime] };
      if (!finding.available || finding.provider === undefined) {
        missing.push(finding);
        continue;
      }
      const { capabilities } = finding.provider;
      const lacks = shortcomings(runtime, capabilities, inRuntime);
      if (lacks.length === 0) {
        const told = { ...inRuntime, ...keepNote(runtime, capabilities, inRuntime) };
        return { decision: told, runtime, unavailable: missing.map(reasonOf) };
      }
      if (runtime === wanted) throw unsupported(decision, lacks);
      missing.push({ ...finding, available: false, reason: `It ${lacks.join(", and ")}.`, mayCome: false });
    }
    throw unavailable(decision, missing);
  }

  async provider(runtime: Runtime): Promise<SandboxProvider> {
    if (!isRuntime(runtime)) {
      throw new SandboxError("invalid_argument", `There is no runtime ${JSON.stringify(runtime)}.`, {
        hint: "Write tart, docker, container or local.",
      });
    }
    const given = this.#given[runtime];
    if (given) return given;
    const [{ policy }, settings] = await Promise.all([
      readPolicy(this.installation),
      readSettings(this.installation, this.#environment),
    ]);
    const options = adapterOptions(runtime, policy, settings);
    const key = JSON.stringify(options);
    const made = this.#made.get(runtime);
    if (made?.options === key) return await made.provider;
    const provider = loadAdapter(runtime, options);
    this.#made.set(runtime, { options: key, provider });
    // A package that is missing now may be installed later.
    provider.catch(() => {
      if (this.#made.get(runtime)?.provider === provider) this.#made.delete(runtime);
    });
    return await provider;
  }

  /** One engine as it is found, or was a moment ago. Rejects by the signal alone. */
  async look(runtime: Runtime, options: LookOptions = {}): Promise<Finding> {
    options.signal?.throwIfAborted();
    let provider: SandboxProvider;
    try {
      const foreign = this.#given[runtime] ? undefined : await this.#whyForeign(runtime);
      if (foreign !== undefined) return { runtime, available: false, reason: foreign, mayCome: false };
      provider = await this.provider(runtime);
    } catch (error) {
      if (!SandboxError.is(error)) throw error;
      return notThere(runtime, error);
    }
    return await this.#survey.look(runtime, provider, options);
  }

  async #whyForeign(runtime: Runtime): Promise<string | undefined> {
    if (runtime !== "tart" && runtime !== "container") return undefined;
    return whyForeign(runtime, (await readPolicy(this.installation)).policy);
  }
}

/** What a runtime that is fallen back to does not take over from the one that was decided on. */
const without = { image: undefined, entrypoint: undefined };

/** To look into a failed run's sandbox is a wish, and no wall: where it cannot be met, that is told. */
function keepNote(runtime: Runtime, capabilities: Capabilities, { keep, notes = [] }: Decision) {
  if (keep.on === "never" || capabilities.keep) return {};
  return { notes: [...notes, `${runtime} keeps no sandbox beyond its run: "keep" does not hold there.`] };
}

function reasonOf({ runtime, reason }: Finding): { runtime: Runtime; reason: string } {
  return { runtime, reason };
}

function unsupported({ folder, runtime }: Decision, lacks: readonly string[]): SandboxError {
  return new SandboxError(
    "unsupported",
    `The group ${folder} runs in ${runtime}, which ${lacks.join(", and ")}.`,
    { hint: "Take it out of the policy for this group, or give the group another runtime there." },
  );
}

function unavailable({ folder, sensitive }: Decision, missing: readonly Finding[]): SandboxError {
  const [wanted, ...others] = missing;
  const lines = [
    `The group ${folder} runs in ${wanted?.runtime}, which is not there: ${wanted?.reason}`,
    ...others.map(({ runtime, reason }) => `  nor ${runtime}, which it may fall back to: ${reason}`),
  ];
  const instead = sensitive ? "" : ' The policy file can allow others by "fallback".';
  const hint = (wanted?.hint ?? '"nanoclaw-sandbox doctor" tells what it needs.').replace(/\.?$/, ".");
  return new SandboxError("engine_unavailable", lines.join("\n"), {
    retryable: missing.some(({ mayCome }) => mayCome),
    hint: `${hint}${instead}`,
  });
}
