import { pause, SandboxError } from "@nanoclaw/sandbox/adapter";
import { sandboxRecord } from "./container-list.js";
import type { ContainerCli } from "./engine.js";
import { isAnswer } from "./failures.js";

/** How often a deletion is asked for: after many commands it fails a few times (apple-container.md §11.1). */
const attempts = 4;
/** A deletion by force kills, waits five seconds and deletes (§5.4). */
const deleteMs = 12_000;
/** Given to the main process before it is killed, in seconds. */
const graceSeconds = 1;
const stopMs = (graceSeconds + 10) * 1_000;
const killMs = 10_000;
/** Between looks at the list, which must not be polled faster in the long run (§11.2), in milliseconds. */
const looksMs = [0, 100, 300, 1_000];

/** Removes by id, whatever there is of the sandbox, in any state. Rejects for what is not proven to be ours. */
export async function removeSandbox(
  id: string,
  installation: string,
  cli: ContainerCli,
  signal: AbortSignal,
): Promise<void> {
  const row = await cli.find(id, signal);
  if (!row) return;
  if (sandboxRecord(row)?.owner.installation !== installation) {
    throw new SandboxError("permission_denied", `The container ${id} was not made by this installation.`, {
      sandboxId: id,
      hint: "Remove it with the program that made it.",
    });
  }
  let failure: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // It kills what runs, so stop and kill before it would take time and gain nothing. They are for what it fails at:
    // and `stop` says 0 of a machine that runs on without the service's knowledge (I#2286), so it proves nothing.
    if (attempt > 1) {
      await attemptCall(cli, ["stop", `--time=${graceSeconds}`, "--", id], stopMs, signal);
      await attemptCall(cli, ["kill", "--", id], killMs, signal);
    }
    failure = (await attemptCall(cli, ["delete", "--force", "--", id], deleteMs, signal)) ?? failure;
    if (await isGone(cli, id, signal)) return;
  }
  throw new SandboxError("cleanup_failed", `container still has ${id}.`, {
    cause: failure,
    sandboxId: id,
    hint: `Remove it by hand: container delete --force ${id}. If that fails: container system stop`,
  });
}

/** The failure of a call that need not succeed. One that got no answer at all rejects. */
async function attemptCall(
  cli: ContainerCli,
  args: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await cli.call(args, { signal, timeoutMs });
    return undefined;
  } catch (error) {
    if (signal.aborted || !isAnswer(error) || SandboxError.is(error, "engine_unavailable")) throw error;
    return error;
  }
}

/** Absence from the list counts, nothing else. The service's own removal may be under way. */
async function isGone(cli: ContainerCli, id: string, signal: AbortSignal): Promise<boolean> {
  for (const wait of looksMs) {
    if (wait > 0) await pause(wait, signal);
    if (!(await cli.find(id, signal))) return true;
  }
  return false;
}
