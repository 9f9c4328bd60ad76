import { signalNumber } from "../container/signals.js";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { ServiceConnection } from "../service/client.js";
import { withService } from "../service/with-service.js";
import { chosenContainers, Outcomes } from "./chosen-containers.js";

const CONFLICT = "explicitly supplied container IDs conflict with the --all flag";

/** apple-container.md §5.2. */
export const run: Command = async (parsed, context) =>
  await withService(context, "stop", async (service) => {
    const ids = await chosenContainers(service, parsed, CONFLICT, ({ status }) => status.state === "running");
    const signal = parsed.optionalText("signal");
    const number = signal === undefined ? undefined : signalNumber(signal);
    if (signal !== undefined && number === undefined) {
      throw new ContainerFailure("invalidArgument", `invalid signal: ${signal}`);
    }
    const graceMs = parsed.number("time") * 1000;
    const outcomes = new Outcomes("failed to stop container");
    await Promise.all(
      ids.map((id) =>
        outcomes.attempt(id, async () => {
          const own = await ServiceConnection.open(context.home, "stop");
          await own.call("containerStop", { id, graceMs, ...(number !== undefined && { signal: number }) });
        }),
      ),
    );
    return outcomes.finish();
  });
