import type { Command } from "../context.js";
import { timedOut } from "../failures.js";
import { printListing } from "../output/print.js";
import { faultStrikes } from "../state/faults.js";
import { listNetworks } from "../state/networks.js";
import { requireService } from "../state/service-socket.js";
import { networkResource } from "./network-resource.js";

export const run: Command = async (parsed, { home, settings }) => {
  await requireService(home);
  if (faultStrikes(home, settings, "network-list")) throw timedOut("networkList");
  const networks = listNetworks(home);
  printListing(
    parsed.text("format"),
    {
      value: networks.map((network) => networkResource(network, settings)),
      rows: [["NETWORK", "SUBNET"], ...networks.map(({ name, assignedSubnet }) => [name, assignedSubnet])],
      ...(parsed.flag("quiet") && { names: networks.map(({ name }) => name) }),
    },
    settings,
  );
  return 0;
};
