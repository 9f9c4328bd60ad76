import { realpath } from "node:fs/promises";
import {
  abortable,
  type CallContext,
  type CreateRequest,
  inTurn,
  SandboxError,
  TimeLimit,
} from "@nanoclaw/sandbox/adapter";
import { refuseInexact, refuseMounts, runArguments, unkeptSetting } from "./arguments.js";
import type { ClientProcess } from "./client-process.js";
import { type ListedContainer, sandboxRecord } from "./container-list.js";
import { AppleContainerDriver } from "./driver.js";
import type { ContainerCli } from "./engine.js";
import { containerFailure, isBusy, isInterrupted, type Refusal } from "./failures.js";
import { provideImage } from "./image.js";
import type { Settings } from "./options.js";
import type { UnfinishedStarts } from "./unfinished.js";

/** How often a container is started for which the service was too busy. */
const attempts = 3;
/** For a client to end whose container has, in milliseconds. */
const clientEndMs = 5_000;

/** What a provider lends to each create. */
export interface CreationTools {
  readonly cli: ContainerCli;
  readonly settings: Settings;
  readonly unfinished: UnfinishedStarts;
  /** Throws for a `container` that is too old, or whose service is down. */
  makeReady(context: CallContext): Promise<void>;
  remove(id: string, installation: string, context: CallContext): Promise<void>;
}

/** Makes a container and starts it. What a failure leaves is for `remove`. */
export async function createContainer(
  asked: CreateRequest,
  tools: CreationTools,
  context: CallContext,
): Promise<AppleContainerDriver> {
  const { cli, settings, unfinished } = tools;
  const { signal } = context;
  signal.throwIfAborted();
  refuseInexact(asked);
  const mounts = await Promise.all(
    asked.mounts.map(async (mount) => ({ ...mount, source: await realpath(mount.source) })),
  );
  const request = { ...asked, mounts };
  refuseMounts(request);
  await tools.makeReady(context);
  await provideImage(cli, request.image ?? settings.defaultImage, settings, context);

  const main = await inTurn(cli.program, signal, () => start(request, cli, settings, unfinished, signal));
  let isOver = false;
  void main.ended.then(() => {
    isOver = true;
  });
  try {
    // Once the name is taken, so that of two at the same time at least one sees the other.
    const rows = await cli.list(signal);
    const row = rows.find(({ id }) => id === request.id);
    if (!row || isOver) throw await whyEnded(main, signal);
    refuseUnkept(request, settings, row);
    refuseTakenName(request, rows);
  } catch (error) {
    main.disconnect();
    throw error;
  }
  return new AppleContainerDriver({
    id: request.id,
    cli,
    settings,
    main,
    remove: (removal) => tools.remove(request.id, request.owner.installation, removal),
  });
}

async function start(
  request: CreateRequest,
  cli: ContainerCli,
  settings: Settings,
  unfinished: UnfinishedStarts,
  signal: AbortSignal,
): Promise<ClientProcess> {
  for (let attempt = 1; ; attempt++) {
    const client = await cli.open(runArguments(request, settings), { command: "run" }, signal);
    using deadline = new TimeLimit(signal, settings.startTimeoutMs);
    try {
      await abortable(client.started, deadline.signal);
      return client;
    } catch (error) {
      if (signal.aborted || deadline.passed) await unfinished.giveUp(request.id, client);
      signal.throwIfAborted();
      if (deadline.passed) throw startTimeout(cli, settings.startTimeoutMs);
      if (attempt === attempts || !isBusy(error)) throw error;
      // It may have been made all the same.
      if (await cli.find(request.id, signal)) throw error;
    }
  }
}

function startTimeout(cli: ContainerCli, timeoutMs: number): SandboxError {
  cli.gaveNoAnswer();
  return new SandboxError("engine_unavailable", `container run started nothing for ${timeoutMs} ms.`, {
    hint: "Look at it: container list --all. On a slow host: appleContainer({ startTimeoutMs })",
  });
}

/** The client hears that the service went away, perhaps after the guest's first word, and the container ends with it. */
async function whyEnded(main: ClientProcess, signal: AbortSignal): Promise<SandboxError> {
  using deadline = new TimeLimit(signal, clientEndMs);
  const cause: unknown = await abortable(readToItsEnd(main), deadline.signal).catch(
    (error: unknown) => error,
  );
  signal.throwIfAborted();
  if (SandboxError.is(cause) && isInterrupted(cause)) {
    return containerFailure({ ...(cause.cause as Refusal), command: "run" });
  }
  return new SandboxError("sandbox_lost", "The sandbox ended as soon as it had started.", { cause });
}

async function readToItsEnd({ output }: ClientProcess): Promise<void> {
  for await (const _ of output);
}

/** G8: what was asked for is read back from the engine. */
function refuseUnkept(request: CreateRequest, settings: Settings, row: ListedContainer): void {
  const unkept = unkeptSetting(request, settings, row);
  if (unkept === undefined) return;
  throw new SandboxError("unsupported", `The engine did not keep the setting ${unkept}.`, {
    hint: "Leave it out, or update `container`.",
  });
}

function refuseTakenName({ id, name }: CreateRequest, rows: readonly ListedContainer[]): void {
  if (name === undefined) return;
  const other = rows
    .map(sandboxRecord)
    .find((each) => each !== undefined && each.id !== id && each.name === name && each.state !== "ended");
  if (!other) return;
  throw new SandboxError("already_exists", `There is a sandbox named "${name}" already: ${other.id}.`, {
    hint: "Choose another name, or remove it first.",
  });
}
