import { stripVTControlCharacters } from "node:util";
import { readEngineOptions } from "../command-line/engine-options.js";
import { UsageError } from "../command-line/usage-error.js";
import { inCommandLineWords } from "../command-line/wording.js";
import { type KnownEngine, knownEngines, runsHere } from "../engines/known.js";
import { installCommand, packageName } from "../engines/load.js";
import { type Finding, isUsable, lookAt, strongestFirst } from "../engines/survey.js";
import { write } from "../terminal/output.js";
import { withProgress } from "../terminal/progress.js";

export interface DoctorFlags {
  readonly engineOption?: string[];
  readonly json?: boolean;
}

/** Looks at each engine and says what is there, what is missing and what fixes it. 0 when there is one to run on. */
export async function doctor(
  engines: readonly string[],
  flags: DoctorFlags,
  signal: AbortSignal,
): Promise<number> {
  const options = readEngineOptions(flags.engineOption);
  if (options && engines.length !== 1) {
    throw new UsageError("--engine-option: say which engine it is for, as in: sandbox doctor docker.");
  }
  const wanted = engines.length > 0 ? engines.map(known) : knownEngines;
  const findings = await withProgress("Looking for engines", () =>
    Promise.all(wanted.map((engine) => examine(engine, options, signal))),
  );
  const best = strongestFirst(findings).find(isUsable);
  if (flags.json) {
    const report = findings.map((finding) => findingJson(finding, finding === best));
    await write(process.stdout, `${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    const texts = findings.map((finding) => describe(finding, finding === best));
    await write(process.stdout, stripVTControlCharacters(`${texts.join("\n\n")}\n`));
  }
  const complete = engines.length > 0 ? findings.every(isUsable) : best !== undefined;
  return complete ? 0 : 1;
}

interface Examined extends Finding {
  readonly engine: KnownEngine;
}

function known(name: string): KnownEngine {
  return knownEngines.find((engine) => engine.name === name) ?? { name, about: "an adapter of its own" };
}

async function examine(engine: KnownEngine, options: unknown, signal: AbortSignal): Promise<Examined> {
  return { engine, ...(await lookAt(engine.name, options, signal)) };
}

function describe(finding: Examined, isBest: boolean): string {
  const { engine, provider, report } = finding;
  const heading = `${engine.name} – ${engine.about}`;
  if (!provider) return [heading, `  ${notInstalled(finding)}`].join("\n");
  const { isolation } = provider.capabilities;
  const lines = [heading];
  if (report?.available)
    lines.push(`  ready: ${[report.version, `${isolation} isolation`].filter(Boolean).join(", ")}`);
  else lines.push("  not there");
  if (report?.endpoint) lines.push(`  at: ${report.endpoint}`);
  for (const { message, hint } of problemsOf(finding)) lines.push(...problem(message, hint));
  for (const [name, value] of Object.entries(report?.details ?? {})) lines.push(`  ${name}: ${value}`);
  if (isBest) lines.push("  used when no --engine is given: the strongest that is there");
  return lines.join("\n");
}

function notInstalled({ engine, failure }: Examined): string {
  if (failure?.code !== "adapter_missing") return failure?.message ?? "not there";
  const where = runsHere(engine) ? "not installed" : `not installed; runs on ${platformName(engine)} only`;
  return `${where} – ${installCommand(packageName(engine.name))}`;
}

function platformName({ platform }: KnownEngine): string {
  return platform === "darwin" ? "macOS" : "Linux";
}

function problemsOf({ report, failure }: Finding): { message: string; hint?: string }[] {
  const problems = [...(report?.problems ?? []), ...(failure ? [failure] : [])];
  return problems.map(({ message, hint }) => ({
    message: inCommandLineWords(message),
    hint: hint && inCommandLineWords(hint),
  }));
}

function problem(message: string, hint: string | undefined): string[] {
  const [first = "", ...more] = message.split("\n");
  const lines = [`  ! ${first}`, ...more.map((line) => `    ${line}`)];
  return hint ? [...lines, `    → ${hint}`] : lines;
}

function findingJson(finding: Examined, isBest: boolean): Record<string, unknown> {
  const { engine, provider, report } = finding;
  return {
    engine: engine.name,
    adapter: packageName(engine.name),
    installed: provider !== undefined,
    available: isUsable(finding),
    chosen: isBest,
    isolation: provider?.capabilities.isolation,
    version: report?.version,
    endpoint: report?.endpoint,
    details: report?.details ?? {},
    problems: problemsOf(finding),
  };
}
