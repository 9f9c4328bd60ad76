import { existsSync } from "node:fs";
import type { ContainerSnapshot } from "../container/configuration.js";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { AttachedClient, detached } from "../service/attached-client.js";
import { ignoreSignals } from "../service/client-signals.js";
import { getContainer, withService } from "../service/with-service.js";
import { bootstrap, startFirstProcess } from "./run.js";

/** apple-container.md §5.1. */
export const run: Command = async (parsed, context) =>
  await withService(context, "start", async (service) => {
    const id = parsed.text("container-id");
    const isAttached = parsed.flag("attach") || parsed.flag("interactive");
    const container = await getContainer(service, id);
    if (container.status.state === "running") {
      if (!isAttached) {
        printLine(id);
        return 0;
      }
      throw new ContainerFailure(
        "invalidArgument",
        "attach is currently unsupported on already running containers",
      );
    }
    requireSources(container);
    if (isAttached) ignoreSignals();
    try {
      const client = isAttached ? await AttachedClient.connect(service, parsed) : undefined;
      const streams = client?.request ?? detached();
      const processId = await bootstrap(service, id, streams);
      await startFirstProcess(service, id);
      if (client !== undefined) return await client.finish(service, processId, "failed to start container: ");
      printLine(id);
      return 0;
    } catch (error) {
      // Stopped and not deleted; what went wrong is told first of all.
      await service.call("containerStop", { id, graceMs: 0 }).catch(() => undefined);
      throw error;
    }
  });

/** Shared directories must still be there. */
function requireSources({ configuration }: ContainerSnapshot): void {
  for (const { type, source } of configuration.mounts) {
    if ("virtiofs" in type && !existsSync(source)) {
      throw new ContainerFailure("invalidState", `mount source path '${source}' does not exist`);
    }
  }
}
