import { randomUUID } from "node:crypto";
import type { Parsed } from "@nanoclaw/emulator-base";
import type { ProcessConfiguration } from "../container/configuration.js";
import type { Command, Context } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { addedEnvironment } from "../options/environment.js";
import { rlimitsOf } from "../options/ulimits.js";
import { userOf } from "../options/user.js";
import { printLine } from "../output/print.js";
import { AttachedClient, detached } from "../service/attached-client.js";
import { ignoreSignals } from "../service/client-signals.js";
import { caused, getContainer, withService } from "../service/with-service.js";

/** apple-container.md §5.5. */
export const run: Command = async (parsed, context) =>
  await withService(context, "exec", async (service) => {
    const id = parsed.text("container-id");
    const { configuration, status } = await getContainer(service, id);
    if (status.state !== "running") {
      throw new ContainerFailure("invalidState", `container ${id} is not running`);
    }
    const process = processOf(configuration.initProcess, parsed, context);
    const isAttached = !parsed.flag("detach");
    if (isAttached) ignoreSignals();
    const client = isAttached ? await AttachedClient.connect(service, parsed) : undefined;
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

/** The first process's configuration, and what the options say differently. Limits are checked and not applied. */
function processOf(
  first: ProcessConfiguration,
  parsed: Parsed,
  { environment: own }: Context,
): ProcessConfiguration {
  const [executable, ...rest] = parsed.texts("arguments");
  if (executable === undefined || executable === "") {
    throw new ContainerFailure("invalidArgument", "no command specified for exec");
  }
  rlimitsOf(parsed.texts("ulimit"));
  const { user, supplementalGroups } = userOf(parsed, first.user);
  const keepsGroups = user === first.user;
  return {
    ...first,
    executable,
    arguments: rest,
    environment: [
      ...first.environment,
      ...addedEnvironment({ files: parsed.texts("env-file"), variables: parsed.texts("env"), own }),
    ],
    workingDirectory: parsed.optionalText("workdir") ?? first.workingDirectory,
    terminal: parsed.flag("tty"),
    user,
    supplementalGroups: [...(keepsGroups ? first.supplementalGroups : []), ...supplementalGroups],
  };
}
