import type { Command } from "../context.js";
import { ContainerFailure, timedOut } from "../failures.js";
import { prettyJson } from "../output/json.js";
import { printLine } from "../output/print.js";
import { faultStrikes } from "../state/faults.js";
import { findNetwork, type Network } from "../state/networks.js";
import { requireService } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";
import { networkResource } from "./network-resource.js";

export const run: Command = async (parsed, { home, settings }) => {
  await requireService(home);
  if (faultStrikes(home, settings, "network-list")) throw timedOut("networkList");
  const names = [...new Set(parsed.texts("networks"))];
  const found = names.map((name) => findNetwork(home, name));
  const missing = names.filter((_, index) => found[index] === undefined).sort();
  if (missing.length > 0 && isAtLeast(settings, "1.0.0")) {
    throw new ContainerFailure("notFound", `network not found: ${missing.join(", ")}`);
  }
  const networks = found.filter((network): network is Network => network !== undefined);
  printLine(
    prettyJson(
      networks.map((network) => networkResource(network, settings)),
      settings,
    ),
  );
  return 0;
};
