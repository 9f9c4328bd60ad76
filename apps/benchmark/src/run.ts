import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AbsentContender, Contender } from "./contender.js";
import { openContenders } from "./contenders/index.js";
import type { PlugIn } from "./contenders/plug-in.js";
import { removeLabelled } from "./engines/bench-labels.js";
import { connect } from "./engines/connection.js";
import { type FoundEngine, findEngine } from "./engines/find.js";
import type { Target } from "./engines/target.js";
import { describeHost, load } from "./host.js";
import type { Series } from "./measurement.js";
import { type OwnerProcess, startOwnerProcess } from "./owner/owner-process.js";
import type { Progress } from "./progress.js";
import { seededRandom } from "./random.js";
import { type EngineResult, FORMAT, FORMAT_VERSION, type RunResult } from "./result.js";
import { runScenario } from "./run-scenario.js";
import type { Form, Scenario, Surroundings } from "./scenario.js";
import { aboutTime, shareMs, timeLeftMs } from "./time-left.js";
import { ownVersion } from "./version.js";
import { startWatchdog } from "./watchdog/watchdog.js";

export interface RunOptions {
  readonly form: Form;
  readonly engines: readonly string[];
  /** Labels of those that the user says are emulators. */
  readonly emulated: readonly string[];
  readonly scenarios: readonly Scenario[];
  /** Contenders that do not come with this program. */
  readonly plugIns: readonly PlugIn[];
  readonly network: Target["network"];
  readonly seed: number;
  /** Milliseconds that the scenarios share, and after which no further one begins. Default: none. */
  readonly timeLimitMs?: number;
  /** Default: one that the engine has, else the docker adapter's default, which is pulled. */
  readonly image?: string;
  /** Aborting ends the run early, with what it has. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** How long an engine may take to carry out what was asked of it before an interrupt. */
const LATE_REQUEST_MS = 500;

/** Of the time of a run; the rest is for first rounds that take longer than their share. */
const SHARED = 0.88;

interface Entry {
  readonly engine: FoundEngine;
  readonly contenders: ReadonlyArray<Contender | AbsentContender>;
}

/** Measures, and leaves nothing behind, however it ends. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { signal, progress, seed, timeLimitMs = Number.POSITIVE_INFINITY } = options;
  const startedAt = new Date();
  const start = performance.now();
  const loadBefore = load();
  const runId = randomUUID();
  const directory = mkdtempSync(join(tmpdir(), "sandbox-bench-"));
  const watchdog = startWatchdog();
  watchdog.tell({ remove: "directory", path: directory });
  const owners: OwnerProcess[] = [];
  const entries: Entry[] = [];
  const series: Series[] = [];
  try {
    for (const name of options.engines) {
      const engine = await findEngine({ ...options, engine: name, runId, say: progress.say });
      const { target } = engine;
      if (target?.engine === "docker" && target.endpoint !== undefined) {
        watchdog.tell({ remove: "containers", endpoint: target.endpoint, runId });
      }
      entries.push({
        engine,
        contenders: target ? await openContenders(target, options.plugIns, signal) : [],
      });
    }
    const contenders = entries
      .flatMap((entry) => entry.contenders)
      .filter((one): one is Contender => !("absent" in one));
    const surroundings = surroundingsOf(directory, options, owners);
    const ids = options.scenarios.map(({ id }) => id);
    for (const [index, scenario] of options.scenarios.entries()) {
      if (signal.aborted) break;
      const title = `${index + 1}/${options.scenarios.length} ${scenario.id}`;
      progress.now(title);
      const onRound = (round: number, rounds: number) => {
        const part = (round + scenario.warmups) / (rounds + scenario.warmups);
        const left = timeLeftMs(options.form, ids, { index, part, elapsedMs: performance.now() - start });
        const where = round < 0 ? "warm-up" : `round ${round + 1} of ${rounds}`;
        progress.now([title, where, left === undefined ? "" : aboutTime(left)].filter(Boolean).join("  "));
      };
      const begin = performance.now();
      series.push(
        ...(await runScenario(scenario, contenders, {
          surroundings,
          signal,
          startedAt: start,
          onRound,
          shareMs: shareMs(options.form, ids, index, start + SHARED * timeLimitMs - begin),
          ...(begin - start > timeLimitMs ? { leftOut: "the time of the run was up" } : {}),
        })),
      );
      progress.say(`${title}  ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress.clear();
    await Promise.all(owners.map((owner) => owner.kill()));
    for (const { engine } of entries) await sweep(engine, runId, signal.aborted ? LATE_REQUEST_MS : 0);
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    await watchdog.dismiss();
  }
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    version: ownVersion(),
    form: options.form,
    startedAt: startedAt.toISOString(),
    durationMs: performance.now() - start,
    interrupted: signal.aborted,
    seed,
    network: options.network,
    host: describeHost(),
    load: { before: loadBefore, after: load() },
    engines: entries.map(engineResult),
    scenarios: options.scenarios.map(({ id, question }) => ({ id, question })),
    series,
  };
}

function surroundingsOf(
  directory: string,
  { seed, plugIns }: RunOptions,
  owners: OwnerProcess[],
): Surroundings {
  const plugInFiles = plugIns.map(({ file }) => file);
  return {
    random: seededRandom(seed),
    directory,
    async startOwner({ id, target }) {
      const owner = startOwnerProcess({ target, contenderId: id, plugInFiles }, directory);
      owners.push(owner);
      await owner.ask("ready", {});
      return owner;
    },
  };
}

/** What a turn left that was given up or interrupted. */
async function sweep({ target }: FoundEngine, runId: string, quietMs: number): Promise<void> {
  if (target?.engine !== "docker" || target.endpoint === undefined) return;
  await removeLabelled(connect(target.endpoint), runId, quietMs);
}

function engineResult({ engine, contenders }: Entry): EngineResult {
  const { target, ...facts } = engine;
  return {
    ...facts,
    ...(target?.image === undefined ? {} : { image: target.image }),
    contenders: contenders.map((contender) => ({
      id: contender.id,
      title: contender.title,
      role: contender.role,
      versions: "absent" in contender ? {} : contender.versions,
      ...("absent" in contender ? { absent: contender.absent } : {}),
    })),
  };
}
