import { gatewayOf, type Network } from "../state/networks.js";
import { type EmulatorSettings, isAtLeast } from "../state/settings.js";

/** An element of `network list` and `network inspect` (apple-container.md §6.4). */
export function networkResource(network: Network, settings: EmulatorSettings): object {
  const { name, creationDate, mode, ipv4Subnet, ipv6Subnet, labels, plugin, options, assignedSubnet } =
    network;
  const status = { ipv4Subnet: assignedSubnet, ipv4Gateway: gatewayOf(network), ipv6Subnet };
  if (!isAtLeast(settings, "1.0.0")) {
    return { id: name, state: "running", config: { id: name, mode, labels, subnet: ipv4Subnet }, status };
  }
  return {
    id: name,
    configuration: { name, creationDate, mode, ipv4Subnet, ipv6Subnet, labels, plugin, options },
    status,
  };
}
