import type { Contender } from "./contender.js";
import { DeadlineError, within } from "./deadline.js";
import { failureMessage } from "./failure-message.js";
import type { Failure, Sample, Series } from "./measurement.js";
import { shuffle } from "./random.js";
import type { Scenario, Surroundings, Trial } from "./scenario.js";

const TURN_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 30_000;
const ABANDONED_MS = 5_000;
/** A contender that failed this often in a row is not asked again. */
const PATIENCE = 3;
/** Rounds that are taken whatever the budget. */
const LEAST_ROUNDS = 1;

export interface ScenarioRun {
  readonly surroundings: Surroundings;
  /** Ends the scenario with what it has. */
  readonly signal: AbortSignal;
  /** Of the whole run, by the monotonic clock. */
  readonly startedAt: number;
  /** Milliseconds after which no further round begins, save the first, as for a scenario's own budget. Default: none. */
  readonly shareMs?: number;
  /** Why nobody is asked at all. */
  readonly leftOut?: string;
  /** Called before each round; `round` counts warm-ups as negative. */
  onRound?(round: number, rounds: number): void;
}

/** One contender on its way through a scenario. */
interface Entrant {
  readonly contender: Contender;
  trial?: Trial;
  /** What was given up waiting for, and may still make something. */
  abandoned?: Promise<unknown>;
  remark?: string;
  lastTurnMs: number;
  failuresInARow: number;
  readonly failures: Failure[];
  readonly warmups: Array<Sample & { metric: string }>;
  readonly samples: Array<Sample & { metric: string }>;
}

/**
 * Puts one question to all contenders, one turn each in every round and in a new random order each time, so that
 * whatever disturbs the machine disturbs all of them alike.
 */
export async function runScenario(
  scenario: Scenario,
  contenders: readonly Contender[],
  run: ScenarioRun,
): Promise<Series[]> {
  const entrants = contenders.map((contender): Entrant => {
    return { contender, lastTurnMs: 0, failuresInARow: 0, failures: [], warmups: [], samples: [] };
  });
  const { budgetMs = Number.POSITIVE_INFINITY } = scenario;
  const { shareMs = Number.POSITIVE_INFINITY } = run;
  const deadline = performance.now() + Math.min(budgetMs, shareMs);
  try {
    await prepareAll(scenario, entrants, run);
    await takeRounds(scenario, entrants, deadline, run);
  } catch (error) {
    if (!run.signal.aborted) throw error;
    for (const entrant of entrants) if (entrant.trial) entrant.remark = "interrupted";
  } finally {
    await Promise.all(entrants.map(end));
  }
  return entrants.flatMap((entrant) => seriesOf(scenario, entrant));
}

/** At the same time, as nothing of it is measured. */
async function prepareAll(scenario: Scenario, entrants: readonly Entrant[], run: ScenarioRun) {
  const outcomes = await Promise.allSettled(entrants.map((entrant) => prepare(scenario, entrant, run)));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function prepare(scenario: Scenario, entrant: Entrant, run: ScenarioRun) {
  const { surroundings, signal, leftOut } = run;
  signal.throwIfAborted();
  if (leftOut !== undefined) {
    entrant.remark = leftOut;
    return;
  }
  if (turnsOf(scenario, entrant) === 0) {
    entrant.remark = "left out of the short form";
    return;
  }
  const preparing = scenario.prepare(entrant.contender, surroundings);
  try {
    const prepared = await within(preparing, scenario.turnTimeoutMs ?? TURN_TIMEOUT_MS, signal);
    if ("notApplicable" in prepared) entrant.remark = prepared.notApplicable;
    else entrant.trial = prepared;
  } catch (error) {
    entrant.abandoned = preparing
      .then((late) => ("end" in late ? late.end() : undefined))
      // Told already, unless nobody was waiting any more.
      .catch(() => undefined);
    if (signal.aborted) throw error;
    giveUp(entrant, 0, error);
  }
}

async function takeRounds(
  scenario: Scenario,
  entrants: readonly Entrant[],
  deadline: number,
  run: ScenarioRun,
) {
  for (let round = 0 - scenario.warmups; round < scenario.rounds; round++) {
    const running = entrants.filter((entrant) => entrant.trial && hasTurn(scenario, entrant, round));
    // A round is as long as the last turns of those who have one in it, more or less.
    const end = running.reduce((time, { lastTurnMs }) => time + lastTurnMs, performance.now());
    if (round >= LEAST_ROUNDS && end > deadline) {
      for (const entrant of running) entrant.remark ??= `its time was up after round ${round}`;
      return;
    }
    if (entrants.every(({ trial }) => trial === undefined)) return;
    run.onRound?.(round, scenario.rounds);
    for (const entrant of shuffle(running, run.surroundings.random)) {
      await takeTurn(scenario, entrant, round, run);
    }
  }
}

async function takeTurn(scenario: Scenario, entrant: Entrant, round: number, run: ScenarioRun) {
  run.signal.throwIfAborted();
  if (!entrant.trial) return;
  const begin = performance.now();
  const atMs = begin - run.startedAt;
  const turn = entrant.trial.turn();
  try {
    const readings = await within(turn, scenario.turnTimeoutMs ?? TURN_TIMEOUT_MS, run.signal);
    const kept = round < 0 ? entrant.warmups : entrant.samples;
    for (const reading of readings) kept.push({ ...reading, round, atMs });
    entrant.failuresInARow = 0;
  } catch (error) {
    entrant.abandoned = turn;
    if (run.signal.aborted) throw error;
    entrant.failures.push({ round, message: failureMessage(error) });
    entrant.failuresInARow++;
    // After a turn that hangs its sandbox is in no known state.
    if (entrant.failuresInARow >= PATIENCE || error instanceof DeadlineError) {
      await end(entrant);
      giveUp(entrant, round, error);
    }
  } finally {
    entrant.lastTurnMs = performance.now() - begin;
  }
}

function giveUp(entrant: Entrant, round: number, error: unknown) {
  const message = failureMessage(error);
  if (entrant.failures.length === 0) entrant.failures.push({ round, message });
  entrant.remark = `given up: ${message}`;
}

async function end(entrant: Entrant) {
  const { trial, abandoned } = entrant;
  delete entrant.trial;
  delete entrant.abandoned;
  try {
    if (trial) await within(trial.end(), END_TIMEOUT_MS);
  } catch (error) {
    entrant.failures.push({ round: -1, message: `removal: ${failureMessage(error)}` });
  }
  // It has lost its sandbox and ends soon, most likely by an error that is known already.
  if (abandoned !== undefined) await within(abandoned, ABANDONED_MS).catch(() => undefined);
}

/** Fewer turns are spread over all rounds, so that they see the same of the machine. */
function hasTurn(scenario: Scenario, entrant: Entrant, round: number): boolean {
  if (round < 0) return true;
  const turnsBefore = (rounds: number) => Math.ceil((rounds * turnsOf(scenario, entrant)) / scenario.rounds);
  return turnsBefore(round + 1) > turnsBefore(round);
}

function turnsOf(scenario: Scenario, { contender }: Entrant): number {
  return contender.role === "baseline" ? (scenario.baselineRounds ?? scenario.rounds) : scenario.rounds;
}

function seriesOf(scenario: Scenario, entrant: Entrant): Series[] {
  const { contender, failures, remark } = entrant;
  const ofMetric = (samples: Entrant["samples"], wanted: string): Sample[] =>
    samples.filter(({ metric }) => metric === wanted).map(({ metric: _, ...sample }) => sample);
  return scenario.metrics.map((metric) => {
    const samples = ofMetric(entrant.samples, metric.id);
    const silent = samples.length === 0 && failures.length === 0 ? metric.without : undefined;
    const why = remark ?? silent;
    return {
      scenario: scenario.id,
      metric: metric.id,
      title: metric.title,
      unit: metric.unit,
      engine: contender.target.label,
      contender: contender.id,
      contenderTitle: contender.title,
      role: contender.role,
      warmups: ofMetric(entrant.warmups, metric.id),
      samples,
      failures,
      ...(why === undefined ? {} : { remark: why }),
    };
  });
}
