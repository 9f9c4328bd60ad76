import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  abortable,
  type CallContext,
  type CreateRequest,
  mergeOutput,
  type RawProcess,
} from "@nanoclaw/sandbox/adapter";
import { bubblewrapArguments, type GuestPlan } from "./arguments.js";
import { type ControlGroup, makeControlGroups, planControlGroups } from "./control-groups.js";
import { type Bubblewrap, firstFile, makePipes, startBubblewrap } from "./engine.js";
import { bubblewrapFailure } from "./failures.js";
import { planGuest } from "./guest-plan.js";
import { newProcessPipes } from "./guest-process.js";
import { type Host, hostFacts } from "./host.js";
import { thisMachine } from "./machine.js";
import { openPipe, type Pipe } from "./pipes.js";
import { endMarked, kill, type ProcessIdentity, waitForEnd } from "./processes.js";
import type { LocalRecord, Records, StartedRecord } from "./records.js";
import { initCommand, sandboxPipes } from "./starter.js";

/** A sandbox that has just begun. */
export interface Beginning {
  readonly record: StartedRecord;
  /** Ends when process 1 does. */
  readonly alive: Pipe;
  readonly main: MainProcess;
  /** Names of processes to come whose pipes are made. */
  readonly ready: string[];
}

export interface MainProcess extends RawProcess {
  /** Lets this program end while the sandbox lives. */
  unref(): void;
}

/**
 * Makes a sandbox: everything that can be refused first, then the record, then what the record tells of. After a
 * failure bubblewrap has ended, and the rest is for `removeSandbox`.
 */
export async function createSandbox(
  request: CreateRequest,
  host: Host,
  records: Records,
  { signal, emit }: CallContext,
): Promise<Beginning> {
  const plan = await planGuest(request, host, records.prepare());
  const groups = planControlGroups(host.controlGroups, request.limits, request.id);
  const record = recordOf(request, plan, groups);
  records.add(record);
  if (request.name !== undefined) records.claimName(request.name, request.id);
  await makeControlGroups(groups);
  signal.throwIfAborted();

  const directory = records.pipesOf(request.id);
  const { names, files } = newProcessPipes();
  emit({ type: "progress", phase: "start", message: "The sandbox is started." });
  const [started, made] = await Promise.allSettled([
    startBubblewrap({
      program: host.bubblewrap,
      arguments: bubblewrapArguments(plan, firstFile),
      files: [...plan.files.values()],
      pipes: directory,
      controlGroups: record.controlGroups,
      command: initCommand(directory, host.programs, request.mainCommand),
    }),
    makePipes(
      [...Object.values(sandboxPipes), ...files].map((file) => join(directory, file)),
      signal,
    ),
  ]);
  if (started.status === "rejected") throw started.reason;
  const bubblewrap = started.value;
  try {
    if (made.status === "rejected") throw made.reason;
    return { ready: names, ...(await abortable(begin(bubblewrap, record, directory, records), signal)) };
  } catch (error) {
    bubblewrap.kill();
    await endMarked(directory);
    await bubblewrap.exited;
    throw error;
  }
}

/**
 * Brings process 1 to its first line, and lets it go on. It is not waited for: what fails from here on ends the
 * output of the main process with the reason.
 */
async function begin(
  bubblewrap: Bubblewrap,
  record: LocalRecord,
  directory: string,
  records: Records,
): Promise<Omit<Beginning, "ready">> {
  const [alive, stdout, stderr] = [sandboxPipes.alive, sandboxPipes.stdout, sandboxPipes.stderr].map((name) =>
    openPipe(join(directory, name), "read"),
  ) as [Pipe, Pipe, Pipe];
  const pipes = [alive, stdout, stderr];
  try {
    const init = (await bubblewrap.init) ?? (await failed(bubblewrap));
    records.update({ ...record, init });
    bubblewrap.leash.write("\n");
    Promise.race([once(alive.stream, "data"), failed(bubblewrap)]).then(
      () => {
        for (const pipe of pipes) pipe.release();
        for (const name of [sandboxPipes.stdout, sandboxPipes.stderr])
          rmSync(join(directory, name), { force: true });
      },
      (error: Error) => {
        alive.close();
        for (const { stream, release } of [stdout, stderr]) {
          release();
          stream.destroy(error);
        }
      },
    );
    return { record: { ...record, init }, alive, main: mainProcess(bubblewrap, init, stdout, stderr) };
  } catch (error) {
    for (const pipe of pipes) pipe.close();
    throw error;
  }
}

/** Rejects when bubblewrap has ended, with what it says about that. */
async function failed({ exited, message }: Bubblewrap): Promise<never> {
  await exited;
  throw bubblewrapFailure(message(), hostFacts());
}

function mainProcess(bubblewrap: Bubblewrap, init: ProcessIdentity, stdout: Pipe, stderr: Pipe): MainProcess {
  const { leash, exited, unref } = bubblewrap;
  return {
    stdin: leash,
    output: mergeOutput(stdout.stream, stderr.stream),
    // Bubblewrap ends after process 1, unless somebody has killed it alone.
    exited: exited.then(async (exit) => {
      kill(init);
      await waitForEnd(init);
      return exit;
    }),
    disconnect() {
      leash.destroy();
      stdout.close();
      stderr.close();
    },
    unref,
  };
}

function recordOf(
  { id, name, labels, expiresAt, owner }: CreateRequest,
  { network }: GuestPlan,
  groups: readonly ControlGroup[],
): LocalRecord {
  const controlGroups = groups.map(({ directory }) => directory);
  return {
    ...{ id, name, labels, expiresAt, owner, network, controlGroups },
    createdAt: Date.now(),
    machine: thisMachine(),
  };
}
