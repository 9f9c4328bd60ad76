import type { Command } from "../context.js";
import { logLine, printLine } from "../output/print.js";
import { AttachedClient, detached } from "../service/attached-client.js";
import type { ServiceConnection } from "../service/client.js";
import { ignoreSignals } from "../service/client-signals.js";
import type { StreamRequest } from "../service/protocol.js";
import { caused, withService } from "../service/with-service.js";
import { makeContainer, type Progress, writeIdFile } from "./make-container.js";

const STEPS = 6;

/** apple-container.md §4.1. */
export const run: Command = async (parsed, context) =>
  await withService(context, "run", async (service) => {
    const progress = progressOf(parsed.text("progress"));
    const { id } = await makeContainer(service, parsed, context, { refuseTaken: true, progress });
    progress("Starting container");
    try {
      const isAttached = !parsed.flag("detach");
      if (isAttached) ignoreSignals();
      const client = isAttached ? await AttachedClient.connect(service, parsed) : undefined;
      const streams = client?.request ?? detached();
      const processId = await bootstrap(service, id, streams);
      writeIdFile(parsed, id);
      await startFirstProcess(service, id);
      if (client !== undefined) return await client.finish(service, processId, "failed to run container: ");
      printLine(id);
      return 0;
    } catch (error) {
      // What went wrong is told, and not that there is nothing to delete any more.
      await service.call("containerDelete", { id, force: true }).catch(() => undefined);
      throw error;
    }
  });

/** Boots the container, and tells the name of the process that is to be started. */
export async function bootstrap(
  service: ServiceConnection,
  id: string,
  streams: StreamRequest,
): Promise<string> {
  try {
    return (await service.call("containerBootstrap", { id, streams })).processId;
  } catch (error) {
    throw caused("internalError", "failed to bootstrap container", error);
  }
}

/** The process has the container's name; the texts are those of 1.1.0. */
export async function startFirstProcess(service: ServiceConnection, id: string): Promise<void> {
  try {
    await service.call("containerStartProcess", { id });
  } catch (error) {
    throw caused("internalError", `failed to start process ${id} in container ${id}`, error);
  }
}

/** Lines on stderr, but for `none` (apple-container.md §2.5). */
function progressOf(kind: string): Progress {
  let step = 0;
  return (text) => {
    step++;
    if (kind !== "none") logLine(`[${step}/${STEPS}] ${text} [0s]`);
  };
}
