import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { optionsOf, strictLabelsOf } from "../options/resource-labels.js";
import { printLine } from "../output/print.js";
import { createNetwork } from "../state/networks.js";
import { requireService } from "../state/service-socket.js";

const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;

/** apple-container.md §7.2. */
export const run: Command = async (parsed, { home }) => {
  const name = parsed.text("name");
  const labels = strictLabelsOf(parsed.texts("label"));
  const options = optionsOf(parsed.texts("option"));
  await requireService(home);
  if (!pattern.test(name)) refuse(`invalid network name: ${name}`);
  if (name === "none") refuse("unsupported network name: none is reserved");
  if (parsed.text("plugin") !== "container-network-vmnet") {
    refuse(`unable to locate network plugin ${parsed.text("plugin")}`);
  }
  const [ipv4Subnet, ipv6Subnet] = [parsed.optionalText("subnet"), parsed.optionalText("subnet-v6")];
  createNetwork(home, {
    name,
    mode: parsed.flag("internal") ? "hostOnly" : "nat",
    ...(ipv4Subnet && { ipv4Subnet }),
    ...(ipv6Subnet && { ipv6Subnet }),
    labels,
    options,
  });
  printLine(name);
  return 0;
};

function refuse(message: string): never {
  throw new ContainerFailure("invalidArgument", message);
}
