import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { AttachedClient, detached } from "../service/attached-client.js";
import { ignoreSignals } from "../service/client-signals.js";
import { caused, getContainer, withService } from "../service/with-service.js";

/** apple-container.md §5.1. */
export const run: Command = async (parsed, context) =>
  await withService(context, "start", async (service) => {
    const id = parsed.text("container-id");
    const isAttached = parsed.flag("attach") || parsed.flag("interactive");
    const { status } = await getContainer(service, id);
    if (status.state === "running") {
      if (isAttached) {
        throw new ContainerFailure(
          "invalidArgument",
          "attach is currently unsupported on already running containers",
        );
      }
      printLine(id);
      return 0;
    }
    if (isAttached) ignoreSignals();
    const client = isAttached ? await AttachedClient.connect(service, parsed.flag("interactive")) : undefined;
    try {
      const streams = client?.request ?? detached();
      const { processId } = await service.call("containerBootstrap", { id, streams });
      await service.call("containerStartProcess", { id }).catch((error: unknown) => {
        throw caused("internalError", `failed to start process ${id} in container ${id}`, error);
      });
      if (client !== undefined) return await client.finish(service, processId, "failed to start container: ");
      printLine(id);
      return 0;
    } catch (error) {
      // Stopped and not deleted.
      await service.call("containerStop", { id, graceMs: 0 }).catch(() => undefined);
      throw error;
    }
  });
