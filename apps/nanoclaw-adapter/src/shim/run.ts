import { constants } from "node:os";
import type { Installation } from "../installation.js";
import type { Host } from "../run/group-sandbox.js";
import { messageOf } from "./messages.js";
import { onParentGone } from "./parent.js";
import { NOT_STARTED } from "./refusal.js";
import { type RunRecord, RunRecords } from "./run-records.js";
import { type RunCall, runRequest } from "./run-request.js";
import { RunStop } from "./run-stop.js";

/** What Docker's own program passes on to the container, and NanoClaw or a person sends. */
const passedOn = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;

/** One `docker run`: this process stands for the sandbox as long as that is there, and ends with its command's code. */
export async function run(
  call: RunCall,
  installation: Installation,
  getHost: () => Promise<Host>,
): Promise<number> {
  const stop = new RunStop();
  const forgetParent = onParentGone(() => stop.now(0));
  for (const signal of passedOn) process.on(signal, () => stop.signal(signal));
  const request = await runRequest(call, installation);
  // Only here, as refusals and other calls do without, and while the name is claimed. What fails is told below.
  const loading = Promise.all([getHost(), import("./sandbox-run.js")]);
  loading.catch(() => undefined);
  const record: RunRecord = { name: request.name, folder: request.folder, labels: request.labels };
  const own = await new RunRecords(installation).claim(record);
  own.onStop((graceMs) => stop.now(graceMs));
  let mayBeLeft = false;
  try {
    const [host, { runInSandbox }] = await loading;
    return await runInSandbox(request, host, stop, {
      chosen: (runtime) => own.write({ ...record, runtime }),
      cleanupFailed: () => {
        mayBeLeft = true;
      },
    });
  } catch (error) {
    if ((error as { code?: unknown }).code === "cleanup_failed") mayBeLeft = true;
    if (stop.reason !== undefined && !mayBeLeft) return 128 + constants.signals[stop.reason];
    process.stderr.write(messageOf(error));
    return NOT_STARTED;
  } finally {
    forgetParent();
    // What could not be removed stays known by its name, for `docker ps` and `docker stop`.
    if (!mayBeLeft) await own.end();
  }
}
