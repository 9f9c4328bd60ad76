import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { removeControlGroups } from "./control-groups.js";
import { relationTo } from "./machine.js";
import { endMarked, kill, waitForEnd } from "./processes.js";
import type { LocalRecord, Records } from "./records.js";

/** Removes a sandbox in any state, and returns when it is gone: processes first, the record last. */
export async function removeSandbox(
  id: string,
  installation: string,
  records: Records,
  signal: AbortSignal,
): Promise<void> {
  const record = records.read(id);
  if (record) checkOurs(record, installation);
  if (record?.init && relationTo(record.machine) === "here") {
    kill(record.init);
    await waitForEnd(record.init, signal);
  } else if (!record || relationTo(record.machine) === "here") {
    // Its owner died, or gave up, before it was recorded what was started.
    await endMarked(records.pipesOf(id), signal);
  }
  await removeControlGroups(record?.controlGroups ?? [], id, signal);
  records.remove(id, record?.name);
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
