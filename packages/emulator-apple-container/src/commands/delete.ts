import type { Command } from "../context.js";
import { ServiceConnection } from "../service/client.js";
import { withService } from "../service/with-service.js";
import { chosenContainers, Outcomes } from "./chosen-containers.js";

const CONFLICT = "explicitly supplied container ID(s) conflict with the --all flag";

/** apple-container.md §5.4. */
export const run: Command = async (parsed, context) =>
  await withService(context, "delete", async (service) => {
    const force = parsed.flag("force");
    const ids = await chosenContainers(service, parsed, CONFLICT, ({ status }) => {
      return force || status.state !== "running";
    });
    const outcomes = new Outcomes("failed to delete container");
    await Promise.all(
      ids.map((id) =>
        outcomes.attempt(id, async () => {
          const own = await ServiceConnection.open(context.home, "delete");
          await own.call("containerDelete", { id, force });
        }),
      ),
    );
    return outcomes.finish();
  });
