import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pause, SandboxError } from "@nanoclaw/sandbox/adapter";
import { Tart } from "./engine.js";
import { vmName } from "./names.js";
import { endProcess } from "./processes.js";
import type { Records, TartRecord } from "./records.js";
import { sharedList } from "./shared-list.js";
import { localVm } from "./vm-list.js";

/** How often a machine is deleted that is still there afterwards. */
const attempts = 5;
/** From the request to power off to the end by force, in milliseconds. */
const stopPatienceMs = 5_000;

/** Removes by id, whatever there is of the sandbox, in any state. Rejects for what is not proven to be ours. */
export async function removeSandbox(
  id: string,
  installation: string,
  records: Records,
  tart: Tart,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const record = records.read(id);
  if (record === undefined || record === "damaged") {
    const vm = vmName(id, installation);
    if (!localVm(await sharedList(tart, signal), vm)) {
      // Of a first record that was cut off there is a file, too.
      records.remove(id);
      return;
    }
    throw new SandboxError("permission_denied", `Nothing proves that the virtual machine ${vm} is ours.`, {
      sandboxId: id,
      hint: `If you know that it is not needed: tart stop ${vm}; tart delete ${vm}`,
    });
  }
  if (record.owner.installation !== installation) {
    throw new SandboxError("permission_denied", `The sandbox ${id} was not made by this installation.`, {
      sandboxId: id,
      hint: "Remove it with the program that made it.",
    });
  }
  await removeVm(record, new Tart(tart.program, record.home), signal);
  records.remove(id);
}

/** Ends the process that works on the machine, deletes it, and returns when Tart no longer lists it. */
async function removeVm(record: TartRecord, tart: Tart, signal: AbortSignal): Promise<void> {
  const { vm, process } = record;
  if (process) await endProcess(process, stopPatienceMs, signal);
  let failure: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // How it ends proves nothing: a running machine is told as one that does not exist (openai/tart#1345).
    failure = await attemptCall(tart, ["delete", vm], signal);
    const row = localVm(await sharedList(tart, signal), vm);
    if (!row) return await removeRemains(tart, vm);
    // Somebody else has started it, or it is not known who runs it.
    if (row.state === "running") await attemptCall(tart, ["stop", vm, "--timeout", "5"], signal);
    await pause(50 * attempt, signal);
  }
  throw new SandboxError("cleanup_failed", `Tart still has the virtual machine ${vm}.`, {
    cause: failure,
    hint: `Remove it by hand: tart stop ${vm}; tart delete ${vm}`,
  });
}

/** The failure of a call that need not succeed. One that got no answer at all rejects. */
async function attemptCall(tart: Tart, args: readonly string[], signal: AbortSignal): Promise<unknown> {
  try {
    await tart.call(args, { signal });
    return undefined;
  } catch (error) {
    if (signal.aborted || SandboxError.is(error, "engine_unavailable")) throw error;
    return error;
  }
}

/** A deletion that was cut off leaves a directory that Tart neither lists nor deletes. */
async function removeRemains(tart: Tart, vm: string): Promise<void> {
  const directory = join(tart.home, "vms", vm);
  if (existsSync(directory)) await rm(directory, { recursive: true, force: true });
}
