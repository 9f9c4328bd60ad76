import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { removeControlGroups } from "./control-groups.js";
import { relationTo } from "./machine.js";
import { findMarked, kill, waitForEnd } from "./processes.js";
import type { LocalRecord, Records } from "./records.js";

/** Removes a sandbox in any state, and returns when it is gone: processes first, the record last. */
export async function removeSandbox(
  id: string,
  installation: string,
  records: Records,
  signal: AbortSignal,
): Promise<void> {
  const record = await records.read(id);
  if (record) checkOurs(record, installation);
  if (record?.init && relationTo(record.machine) === "here") {
    kill(record.init);
    await waitForEnd(record.init, signal);
  } else if (!record || relationTo(record.machine) === "here") {
    await endUnrecorded(records.pipesOf(id), signal);
  }
  await removeControlGroups(record?.controlGroups ?? [], id, signal);
  await records.remove(id, record?.name);
}

/** What was started when its owner died, before it could be recorded: bubblewrap and process 1 bear a mark. */
async function endUnrecorded(mark: string, signal: AbortSignal): Promise<void> {
  for (let found = findMarked(mark); found.length > 0; found = findMarked(mark)) {
    for (const each of found) kill(each);
    for (const each of found) await waitForEnd(each, signal);
  }
}

function checkOurs({ id, owner, machine }: LocalRecord, installation: string): void {
  const denied = (message: string, hint: string): SandboxError =>
    new SandboxError("permission_denied", message, { sandboxId: id, hint });
  if (owner.installation !== installation) {
    throw denied(
      `The sandbox ${id} was not made by this installation.`,
      "Remove it with the program that made it.",
    );
  }
  if (relationTo(machine) === "elsewhere") {
    throw denied(`The sandbox ${id} was made on another machine or in a container.`, "Remove it there.");
  }
}
