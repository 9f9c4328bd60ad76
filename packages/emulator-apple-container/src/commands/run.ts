import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { AttachedClient, detached } from "../service/attached-client.js";
import type { ServiceConnection } from "../service/client.js";
import { ignoreSignals } from "../service/client-signals.js";
import { caused, listContainers, withService } from "../service/with-service.js";
import { makeContainer } from "./make-container.js";

/** apple-container.md §4.1. */
export const run: Command = async (parsed, context) =>
  await withService(context, "run", async (service) => {
    const name = parsed.optionalText("name");
    if (name !== undefined && (await listContainers(service)).some(({ id }) => id === name)) {
      throw new ContainerFailure("exists", `container with id ${name} already exists`);
    }
    const { id } = await makeContainer(service, parsed, context);
    try {
      if (parsed.flag("detach")) {
        await service.call("containerBootstrap", { id, streams: detached() });
        await startProcess(service, id, id);
        printLine(id);
        return 0;
      }
      ignoreSignals();
      const client = await AttachedClient.connect(service, parsed.flag("interactive"));
      const { processId } = await service.call("containerBootstrap", { id, streams: client.request });
      await startProcess(service, id, id);
      return await client.finish(service, processId, "failed to run container: ");
    } catch (error) {
      await service.call("containerDelete", { id, force: true }).catch(() => undefined);
      throw error;
    }
  });

/** In the words of 1.1.0, which name the process as well as the container. */
async function startProcess(service: ServiceConnection, id: string, processId: string): Promise<void> {
  try {
    await service.call("containerStartProcess", { id });
  } catch (error) {
    throw caused("internalError", `failed to start process ${processId} in container ${id}`, error);
  }
}
