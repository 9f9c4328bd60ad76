import { abortable, type CallContext, pause, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Tart } from "./engine.js";
import { imageFailure, isFinalPullFailure, tartFailure } from "./failures.js";
import { launch } from "./launch.js";
import { remoteImage } from "./names.js";
import type { Settings } from "./options.js";
import { endProcess, type ProcessIdentity } from "./processes.js";
import { type ListedVm, localVm } from "./vm-list.js";

/** How often a pull is begun at most. What was fetched before is kept. */
const attempts = 3;
/** From the request to end to the end by force of a pull or a clone, in milliseconds. */
const endPatienceMs = 2_000;

export type Remember = (identity: ProcessIdentity) => void;

/** What `tart clone` takes for the image, whether it has to be pulled or not. */
export interface ImageSource {
  readonly name: string;
  /** Tart has it, or an earlier version of it. */
  readonly there: boolean;
  readonly pull: boolean;
}

/** Throws `image_not_found` for what cannot be had, and `invalid_argument` for a machine that runs. */
export function imageSource(image: string, rows: readonly ListedVm[], pull: Settings["pull"]): ImageSource {
  const local = localVm(rows, image);
  if (local) {
    if (local.state !== "running") return { name: image, there: true, pull: false };
    throw new SandboxError(
      "invalid_argument",
      `The virtual machine ${image} runs, and its disk changes meanwhile.`,
      {
        hint: `Stop it first: tart stop ${image}`,
      },
    );
  }
  const remote = remoteImage(image);
  const cached = rows.some(({ source, name }) => source === "oci" && name === remote);
  if (remote === undefined || (pull === "never" && !cached)) {
    throw new SandboxError("image_not_found", `Tart has no virtual machine ${image}.`, {
      hint: remote
        ? `Pull it first: tart pull ${image}`
        : "`tart list` tells which there are. An image of a registry is written as host/name:tag.",
    });
  }
  return { name: image, there: cached, pull: pull === "always" || !cached };
}

/** Pulls an image, with its progress as events. What may be a fault of the line is tried again. */
export async function pullImage(
  tart: Tart,
  image: string,
  remember: Remember,
  context: CallContext,
): Promise<void> {
  const onLine = (message: string): void => {
    const percent = /^(\d{1,3})%$/.exec(message)?.[1];
    const amount = percent === undefined ? {} : { current: Number(percent), total: 100 };
    context.emit({ type: "progress", phase: "pull", message: `${image}: ${message}`, ...amount });
  };
  for (let attempt = 1; ; attempt++) {
    try {
      await runRemembered(tart, ["pull", image], remember, context.signal, onLine);
      return;
    } catch (error) {
      if (!SandboxError.is(error) || context.signal.aborted) throw error;
      if (attempt === attempts || isFinalPullFailure(error)) throw imageFailure(image, error);
      context.emit({ type: "warning", message: `${error.message} The pull is tried again.` });
      await pause(1_000 * attempt, context.signal);
    }
  }
}

/**
 * Runs a `tart` that a killed owner would leave behind, so it goes on record first. When aborted it is ended, and
 * gone when this rejects.
 */
export async function runRemembered(
  tart: Tart,
  args: readonly string[],
  remember: Remember,
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<void> {
  signal.throwIfAborted();
  const { identity, ended } = await launch(tart, args, { remember, onLine });
  try {
    const { exitCode, signal: killedBy, text } = await abortable(ended, signal);
    if (exitCode === 0) return;
    throw tartFailure({ command: args[0] ?? "", exitCode, signal: killedBy, text });
  } catch (error) {
    if (signal.aborted) await endProcess(identity, endPatienceMs, AbortSignal.timeout(10_000));
    throw error;
  }
}
