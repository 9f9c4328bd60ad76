import { SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import { type Isolation, isAtLeast } from "@nanoclaw/sandbox/adapter";
import { readEngineOptions } from "../command-line/engine-options.js";
import { UsageError } from "../command-line/usage-error.js";
import { notice } from "../terminal/output.js";
import { knownEngines, runsHere } from "./known.js";
import { loadEngine } from "./load.js";
import { type Finding, isUsable, lookAt, strongestFirst, whyNot } from "./survey.js";

export interface EngineFlags {
  readonly engine?: string;
  readonly engineOption?: string[];
  readonly verbose?: boolean;
}

/** The engine that the user named, else undefined. Naming one saves looking for it. */
async function namedEngine(flags: EngineFlags): Promise<SandboxProvider | undefined> {
  const options = readEngineOptions(flags.engineOption);
  if (flags.engine !== undefined && flags.engine !== "") return loadEngine(flags.engine, options);
  if (options) throw new UsageError("--engine-option: say which engine it is for, by --engine.");
  return undefined;
}

/** The named engine, else the strongest that is there and at least as strong as `required`. Says which, and why. */
export async function engineToRunOn(
  flags: EngineFlags & { readonly requireIsolation?: Isolation },
  signal: AbortSignal,
): Promise<SandboxProvider> {
  const named = await namedEngine(flags);
  if (named) return named;
  const findings = strongestFirst(await lookAtAll(signal));
  const required = flags.requireIsolation ?? "none";
  const chosen = findings
    .filter(isUsable)
    .find(({ provider }) => isAtLeast(provider.capabilities.isolation, required));
  if (!chosen) throw nothingUsable(findings, flags.requireIsolation);
  if (flags.verbose || process.stderr.isTTY) notice(explainChoice(chosen.provider, findings));
  return chosen.provider;
}

/** The named engine, else every engine that is there. Of the others it is told with `verbose`. */
export async function enginesToAsk(flags: EngineFlags, signal: AbortSignal): Promise<SandboxProvider[]> {
  const named = await namedEngine(flags);
  if (named) return [named];
  const findings = await lookAtAll(signal);
  for (const finding of findings) {
    if (flags.verbose && !isUsable(finding)) notice(`Not asked: ${finding.name}. ${whyNot(finding)}`);
  }
  return findings.filter(isUsable).map(({ provider }) => provider);
}

function lookAtAll(signal: AbortSignal): Promise<Finding[]> {
  return Promise.all(knownEngines.filter(runsHere).map(({ name }) => lookAt(name, undefined, signal)));
}

/** `Engine: local (process isolation). Not there: docker. …` */
function explainChoice(chosen: SandboxProvider, findings: readonly Finding[]): string {
  const stronger = findings.slice(
    0,
    findings.findIndex(({ name }) => name === chosen.name),
  );
  const passedOver =
    stronger.length > 0 ? ` Not usable: ${stronger.map(({ name }) => name).join(", ")}.` : "";
  const { isolation } = chosen.capabilities;
  return `Engine: ${chosen.name}, the strongest that is there (${isolation} isolation).${passedOver} Another: --engine.`;
}

function nothingUsable(findings: readonly Finding[], required: Isolation | undefined): SandboxError {
  const wanted = required ? ` with at least ${required} isolation` : "";
  const reasons = findings.map((finding) => {
    const weak = isUsable(finding)
      ? `It gives ${finding.provider.capabilities.isolation} isolation.`
      : whyNot(finding);
    return `  ${finding.name}: ${weak}`;
  });
  return new SandboxError("engine_unavailable", [`No engine${wanted} is there.`, ...reasons].join("\n"), {
    hint: 'Run "sandbox doctor" to see what each of them needs.',
  });
}
