import { availableParallelism } from "node:os";
import { type CallContext, type CreateRequest, SandboxError } from "@nanoclaw/sandbox/adapter";
import { containerBody, isOddForPodman, unkeptSetting } from "./arguments.js";
import { ConnectedProcess } from "./connection.js";
import { DockerDriver } from "./driver.js";
import { mainEnding } from "./endings.js";
import { isLocal, type Surroundings } from "./endpoint.js";
import type { Engine } from "./engine.js";
import { type EngineFacts, isPodman, refuseUnknownRuntime, refuseUnlimitedDisk } from "./facts.js";
import { discardedLimit, tellsMissingInit } from "./failures.js";
import { listRecords } from "./inspection.js";
import type { Settings } from "./options.js";
import { pullImage } from "./pull.js";
import { nameLabel } from "./records.js";
import { Slots } from "./slots.js";
import type { UnfinishedCalls } from "./unfinished.js";

/**
 * An engine carries a start through even when nobody waits for it any more. More at a time than its processors
 * can work on make none of them earlier, and leave more to wait for when their owner is killed.
 */
const starts = new Slots(availableParallelism() + 1);

/** What a provider lends to each create. */
export interface CreationTools {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly unfinished: UnfinishedCalls;
  facts(signal: AbortSignal): Promise<EngineFacts>;
  /** Learned from a refusal, once for all. */
  lacksInit: boolean;
}

/** Makes a container and starts it, with the main process attached before its first byte. */
export async function createContainer(
  request: CreateRequest,
  tools: CreationTools,
  context: CallContext,
): Promise<DockerDriver> {
  const { engine, settings } = tools;
  const { signal } = context;
  const { id } = request;
  await refuseInAdvance(request, tools, signal);
  const body = await make(request, tools, context);

  // Beside the attach and the start, which take longer: what is checked here costs no time.
  const checks = Promise.all([
    refuseUnkept(id, body, engine, signal),
    refuseTakenName(request, engine, signal),
  ]);
  checks.catch(() => undefined);
  const ended = new AbortController();
  context.emit({ type: "progress", phase: "start", message: "The container is started." });
  const main = await starts.run(signal, () => start(id, tools, ended, signal));
  try {
    await checks;
  } catch (error) {
    ended.abort(error);
    main.disconnect();
    throw error;
  }
  return new DockerDriver(id, engine, settings, { main, ended });
}

async function start(
  id: string,
  { engine, unfinished }: CreationTools,
  ended: AbortController,
  signal: AbortSignal,
): Promise<ConnectedProcess> {
  const socket = await engine.attach(id, signal);
  const main = new ConnectedProcess(socket, {
    tty: false,
    ending: (text) => mainEnding(engine, id, text, ended.signal),
  });
  try {
    await unfinished.run(id, signal, (own) => engine.startContainer(id, own));
    return main;
  } catch (error) {
    ended.abort(error);
    main.disconnect();
    throw error;
  }
}

/** Everything that can be known before the engine makes anything. */
async function refuseInAdvance(
  request: CreateRequest,
  tools: CreationTools,
  signal: AbortSignal,
): Promise<void> {
  const { engine, settings } = tools;
  if (!isLocal(engine.endpoint)) {
    const asked = request.mounts.length > 0 ? "mounts" : request.ports.length > 0 ? "ports" : undefined;
    if (asked) {
      throw new SandboxError(
        "unsupported",
        `An engine on another machine cannot give ${asked} of this one.`,
        {
          hint:
            asked === "mounts"
              ? "Copy the files with sandbox.files.upload."
              : "Use an engine of this machine.",
        },
      );
    }
  }
  if (settings.runtime !== undefined) refuseUnknownRuntime(settings.runtime, await tools.facts(signal));
  if (request.limits.diskGiB !== undefined) refuseUnlimitedDisk(await tools.facts(signal));
}

/** Returns the body that the engine accepted. */
async function make(request: CreateRequest, tools: CreationTools, context: CallContext): Promise<object> {
  const { engine, settings, surroundings, unfinished } = tools;
  const { signal, emit } = context;
  const { id } = request;
  const image = request.image ?? settings.defaultImage;
  const pull = () => pullImage(engine, image, { ...settings, surroundings }, context);
  // Asked for only where it matters: it costs a call to the engine, once.
  const podman = request.mounts.some(isOddForPodman) && isPodman(await tools.facts(signal));
  if (settings.pull === "always") await pull();
  // The image is not looked for beforehand: it is nearly always there, and the refusal tells when it is not.
  for (let mayPull = settings.pull === "missing"; ; ) {
    const body = containerBody(request, settings, { init: settings.init ?? !tools.lacksInit, podman });
    try {
      const { Warnings } = await unfinished.run(id, signal, (own) =>
        engine.createContainer(id, settings.platform, body, own),
      );
      const warnings = Warnings ?? [];
      const discarded = discardedLimit(warnings);
      if (discarded) throw discarded;
      for (const message of warnings) emit({ type: "warning", message });
      return body;
    } catch (error) {
      if (mayPull && SandboxError.is(error, "image_not_found")) {
        mayPull = false;
        await pull();
      } else if (settings.init === undefined && !tools.lacksInit && tellsMissingInit(error)) {
        tools.lacksInit = true;
      } else {
        throw error;
      }
    }
  }
}

/** G8: what was asked for is read back from the engine. */
async function refuseUnkept(id: string, body: object, engine: Engine, signal: AbortSignal): Promise<void> {
  const { HostConfig } = await engine.inspectContainer(id, signal);
  const unkept = unkeptSetting(body, HostConfig);
  if (unkept === undefined) return;
  throw new SandboxError("unsupported", `The engine did not keep the setting ${unkept}.`, {
    hint: "Leave it out, or use an engine that can enforce it. `sandbox doctor` tells what this one cannot.",
  });
}

/** Looked for once the name is taken, so that of two at the same time at least one sees the other. */
async function refuseTakenName(
  { id, name }: CreateRequest,
  engine: Engine,
  signal: AbortSignal,
): Promise<void> {
  if (name === undefined) return;
  const records = await listRecords(engine, `${nameLabel}=${name}`, signal);
  const other = records.find(
    (record) => record.id !== id && record.name === name && record.state !== "ended",
  );
  if (!other) return;
  throw new SandboxError("already_exists", `There is a sandbox named "${name}" already: ${other.id}.`, {
    hint: "Choose another name, or remove it first.",
  });
}
