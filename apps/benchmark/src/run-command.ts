import { randomInt } from "node:crypto";
import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { contenderFactories } from "./contenders/index.js";
import { loadPlugIn } from "./contenders/plug-in.js";
import { defaultEngines, parseEngine } from "./engines/find.js";
import type { Target } from "./engines/target.js";
import { listenForInterrupt } from "./interrupt.js";
import { progressTo } from "./progress.js";
import { verdictsOf } from "./report/checks.js";
import { showable } from "./report/emulated.js";
import { tableOf } from "./report/table.js";
import { allHold, verdictTable } from "./report/verdicts.js";
import type { RunResult } from "./result.js";
import { run } from "./run.js";
import type { Form, Scenario } from "./scenario.js";
import { scenarioIds, scenariosOf } from "./scenarios/index.js";

/** A scenario may take longer than its share, as everybody has one turn in it: some seconds, or a quarter of a minute in the full form. */
const TIME_LIMIT_MS: Readonly<Record<Form, number>> = { short: 56_000, full: 9.5 * 60_000 };

/** Whoever asks for more engines than two in the full form gets an answer to every question, and waits for it. */
function timeLimitMs(form: Form, engineCount: number): number {
  return form === "full" && engineCount > 2 ? Number.POSITIVE_INFINITY : TIME_LIMIT_MS[form];
}

interface RunFlags {
  readonly short?: true;
  readonly engine?: string[];
  readonly scenario?: string[];
  readonly samples?: number;
  readonly json?: string;
  readonly image?: string;
  readonly network: Target["network"];
  readonly seed?: number;
  readonly check?: true;
  readonly contender?: string[];
  readonly emulated?: string[];
  readonly includeEmulated?: true;
}

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .description("measure every engine that is there; takes some minutes")
    .option("--short", "a first impression in under a minute")
    .option(
      "--engine <name>",
      "docker, local, tart, apple-container, an adapter's package, NAME=unix:///path …; may be repeated (default: docker, local)",
      collectEngine,
    )
    .addOption(
      new Option("--scenario <id>", "may be repeated (default: all)")
        .choices(scenarioIds)
        .argParser(collectScenario),
    )
    .option(
      "--contender <file>",
      "a module that exports one more contender to measure beside; may be repeated",
      collect,
    )
    .option("--samples <count>", "rounds of each scenario", positiveInteger)
    .option("--json <file>", "write every sample there; - for standard output")
    .option("--image <name>", "for engines with images (default: a small one that the engine has)")
    .addOption(new Option("--network <mode>").choices(["open", "none"]).default("open"))
    .option("--seed <number>", "for the order of turns (default: random)", positiveInteger)
    .option("--emulated <engine>", "says that an engine is an emulator; may be repeated", collect)
    .option("--include-emulated", "show figures of emulators, marked")
    .option("--check", "say which promises hold; exits with 1 when one is broken")
    .action(measure);
}

async function measure(flags: RunFlags): Promise<void> {
  if (flags.json !== undefined && flags.json !== "-") accessSync(dirname(flags.json), constants.W_OK);
  const plugIns = await Promise.all((flags.contender ?? []).map(loadPlugIn));
  contenderFactories(plugIns);
  const form: Form = flags.short ? "short" : "full";
  const interrupt = listenForInterrupt();
  const engines = flags.engine ?? defaultEngines;
  const result = await run({
    form,
    engines,
    scenarios: scenariosOf(form, flags.scenario).map((scenario) => withSamples(scenario, flags.samples)),
    plugIns,
    emulated: flags.emulated ?? [],
    network: flags.network,
    seed: flags.seed ?? randomInt(1, 2 ** 31),
    signal: interrupt.signal,
    ...(flags.samples === undefined ? { timeLimitMs: timeLimitMs(form, engines.length) } : {}),
    progress: progressTo(process.stderr),
    ...(flags.image === undefined ? {} : { image: flags.image }),
  });
  const shown = showable(result, { includeEmulated: flags.includeEmulated === true });
  const reports = [tableOf(shown)];
  let good = isGood(result);
  if (flags.check) {
    const verdicts = verdictsOf(showable(result, { includeEmulated: false }));
    reports.push(verdictTable(verdicts));
    good &&= allHold(verdicts);
  }
  if (flags.json !== undefined && flags.json !== "-") writeFileSync(flags.json, json(result));
  const [readable, machine] =
    flags.json === "-" ? [process.stderr, process.stdout] : [process.stdout, undefined];
  readable.write(`${reports.join("\n\n")}\n`);
  machine?.write(json(result));
  process.exitCode = interrupt.exitCode ?? (good ? 0 : 1);
}

/** A scenario that is measured once or not at all stays so: it is slow, and its figure a limit and not a median. */
function withSamples(scenario: Scenario, samples: number | undefined): Scenario {
  if (samples === undefined || scenario.rounds <= 1) return scenario;
  const { budgetMs: _, baselineRounds, ...rest } = scenario;
  return {
    ...rest,
    rounds: samples,
    ...(baselineRounds === undefined ? {} : { baselineRounds: Math.min(baselineRounds, samples) }),
  };
}

/** Something was measured, and the sandbox never failed. */
function isGood({ series }: RunResult): boolean {
  const ours = series.filter(({ role }) => role === "sandbox");
  return (
    ours.some(({ samples }) => samples.length > 0) && ours.every(({ failures }) => failures.length === 0)
  );
}

function json(result: RunResult): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}

function collectEngine(value: string, earlier: string[] = []): string[] {
  const { label } = refusing(() => parseEngine(value));
  if (earlier.some((text) => parseEngine(text).label === label)) {
    throw new InvalidArgumentError(`${label} is named twice.`);
  }
  return [...earlier, value];
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

/** A refusal as the parser of options expects it. */
function refusing<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function collectScenario(value: string, earlier: string[] | undefined): string[] {
  if (!scenarioIds.includes(value)) {
    throw new InvalidArgumentError(`It must be one of ${scenarioIds.join(", ")}.`);
  }
  return [...(earlier ?? []), value];
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError("It must be a whole number above 0.");
  return number;
}
