import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { prettyJson } from "../output/json.js";
import { printLine } from "../output/print.js";
import { listContainers, withService } from "../service/with-service.js";
import { isAtLeast } from "../state/settings.js";
import { shownContainer } from "./shown-container.js";

/** apple-container.md §5.7. */
export const run: Command = async (parsed, context) =>
  await withService(context, "inspect", async (service) => {
    const { settings } = context;
    const ids = new Set(parsed.texts("container-ids"));
    const found = (await listContainers(service)).filter(({ id }) => ids.has(id));
    const missing = [...ids].filter((id) => !found.some((container) => container.id === id));
    // Older releases leave out what they do not find.
    if (missing.length > 0 && isAtLeast(settings, "1.0.0")) {
      throw new ContainerFailure("notFound", `container not found: ${missing.sort().join(", ")}`);
    }
    printLine(
      prettyJson(
        found.map((container) => shownContainer(container, settings)),
        settings,
      ),
    );
    return 0;
  });
