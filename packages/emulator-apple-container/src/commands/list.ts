import type { ContainerSnapshot } from "../container/configuration.js";
import type { Command } from "../context.js";
import { printListing } from "../output/print.js";
import { listContainers, withService } from "../service/with-service.js";
import { shortReference } from "../state/image-reference.js";
import { isAtLeast } from "../state/settings.js";
import { shownContainer } from "./shown-container.js";

const MEBIBYTE = 1024 * 1024;

/** apple-container.md §5.6. */
export const run: Command = async (parsed, context) =>
  await withService(context, "list", async (service) => {
    const { settings } = context;
    const all = parsed.flag("all");
    const shown = (await listContainers(service)).filter(({ status }) => all || status.state === "running");
    const addressTitle = isAtLeast(settings, "1.0.0") ? "IP" : "ADDR";
    const header = ["ID", "IMAGE", "OS", "ARCH", "STATE", addressTitle, "CPUS", "MEMORY", "STARTED"];
    printListing(
      parsed.text("format"),
      {
        value: shown.map((container) => shownContainer(container, settings)),
        rows: [header, ...shown.map(row)],
        ...(parsed.flag("quiet") && { names: shown.map(({ id }) => id) }),
      },
      settings,
    );
    return 0;
  });

function row({ id, configuration, status }: ContainerSnapshot): string[] {
  return [
    id,
    shortReference(configuration.image.reference),
    configuration.platform.os,
    configuration.platform.architecture,
    status.state,
    status.networks.map(({ ipv4Address }) => ipv4Address).join(","),
    `${configuration.resources.cpus}`,
    `${configuration.resources.memoryInBytes / MEBIBYTE} MB`,
    status.startedDate ?? "",
  ];
}
