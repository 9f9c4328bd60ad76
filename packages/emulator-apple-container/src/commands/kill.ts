import { signalNumber } from "../container/signals.js";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { withService } from "../service/with-service.js";
import { chosenContainers, Outcomes } from "./chosen-containers.js";

const CONFLICT = "explicitly supplied container IDs conflict with the --all flag";

/** apple-container.md §5.3. */
export const run: Command = async (parsed, context) =>
  await withService(context, "kill", async (service) => {
    const ids = await chosenContainers(service, parsed, CONFLICT, ({ status }) => status.state === "running");
    const signal = signalNumber(parsed.text("signal"));
    if (signal === undefined) {
      throw new ContainerFailure("invalidArgument", `invalid signal: ${parsed.text("signal")}`);
    }
    const outcomes = new Outcomes("failed to kill container");
    for (const id of ids) {
      await outcomes.attempt(id, () => service.call("containerKill", { id, signal }));
    }
    return outcomes.finish();
  });
