import type { ContainerSnapshot } from "../container/configuration.js";
import type { Command, Context } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine, printListing } from "../output/print.js";
import { withService } from "../service/with-service.js";
import { allContainers } from "./container-use.js";
import { shownContainer } from "./shown-container.js";

/** The container that images are built in. Nothing here makes one, so that there is one only by that name. */
const BUILDER = "buildkit";
const GRACE_MS = 5000;

/** apple-container.md §8.3. */
export const status: Command = async (parsed, context) => {
  const builder = await findBuilder(context, "builder status");
  const format = parsed.text("format");
  const found = builder === undefined ? [] : [builder];
  if (found.length === 0 && format === "table") {
    if (!parsed.flag("quiet")) printLine("builder is not running");
    return 0;
  }
  const rows = found.map(({ id, configuration, status: { state } }) => [
    id,
    configuration.image.reference,
    state,
  ]);
  printListing(
    format,
    {
      value: found.map((container) => shownContainer(container, context.settings)),
      rows: [["ID", "IMAGE", "STATE"], ...rows],
      ...(parsed.flag("quiet") && { names: found.map(({ id }) => id) }),
    },
    context.settings,
  );
  return 0;
};

export const stop: Command = async (_parsed, context) => {
  if ((await findBuilder(context, "builder stop"))?.status.state !== "running") {
    printLine("builder is not running");
    return 0;
  }
  await withService(context, "builder stop", (service) =>
    service.call("containerStop", { id: BUILDER, graceMs: GRACE_MS }),
  );
  return 0;
};

export const remove: Command = async (parsed, context) => {
  const builder = await findBuilder(context, "builder delete");
  if (builder === undefined) return 0;
  const force = parsed.flag("force");
  if (builder.status.state === "running" && !force) {
    throw new ContainerFailure("invalidState", "BuildKit container is not stopped, use --force to override");
  }
  await withService(context, "builder delete", (service) =>
    service.call("containerDelete", { id: BUILDER, force }),
  );
  return 0;
};

async function findBuilder(context: Context, command: string): Promise<ContainerSnapshot | undefined> {
  return (await allContainers(context, command)).find(({ id }) => id === BUILDER);
}
