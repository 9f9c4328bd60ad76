import { randomUUID } from "node:crypto";
import type { Parsed } from "@nanoclaw/emulator-base";
import type { ProcessConfiguration } from "../container/configuration.js";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { AttachedClient, detached } from "../service/attached-client.js";
import { ignoreSignals } from "../service/client-signals.js";
import { caused, getContainer, withService } from "../service/with-service.js";

/** apple-container.md §5.5. */
export const run: Command = async (parsed, context) =>
  await withService(context, "exec", async (service) => {
    const id = parsed.text("container-id");
    const container = await getContainer(service, id);
    if (container.status.state !== "running") {
      throw new ContainerFailure("invalidState", `container ${id} is not running`);
    }
    const process = processOf(container.configuration.initProcess, parsed);
    const isDetached = parsed.flag("detach");
    if (!isDetached) ignoreSignals();
    const client = isDetached ? undefined : await AttachedClient.connect(service, parsed.flag("interactive"));
    const streams = client?.request ?? detached();
    const { processId } = await service
      .call("containerExec", { id, process, streams })
      .catch((error: unknown) => {
        throw caused("internalError", `failed to start process ${randomUUID()} in container ${id}`, error);
      });
    if (client !== undefined) return await client.finish(service, processId, "failed to exec process ");
    printLine(id);
    return 0;
  });

/** The first process's configuration, and what the options say differently. */
function processOf(first: ProcessConfiguration, parsed: Parsed): ProcessConfiguration {
  const [executable = "", ...rest] = parsed.texts("arguments");
  const user = parsed.optionalText("user");
  return {
    ...first,
    executable,
    arguments: rest,
    environment: [...first.environment, ...parsed.texts("env")],
    workingDirectory: parsed.optionalText("workdir") ?? first.workingDirectory,
    ...(user !== undefined && { user: { raw: { userString: user } } }),
  };
}
