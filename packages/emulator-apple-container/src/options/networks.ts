import { refuse } from "./refuse.js";

/** A network that a container is to be on. */
export interface NetworkRequest {
  readonly network: string;
  readonly options: { readonly hostname: string; readonly macAddress?: string; readonly mtu?: number };
}

/** What a container's networks depend on besides the option. */
export interface NetworkSurroundings {
  readonly containerId: string;
  /** The release of macOS of the host. */
  readonly hostMacOS: number;
  /** Whether there is a network of this name. */
  exists(network: string): boolean;
}

const DEFAULT_MTU = 1280;
const BUILT_IN = "default";

/** `name[,mac=…][,mtu=…]` (apple-container.md §4.4). Empty for `none`. */
export function networksOf(texts: readonly string[], surroundings: NetworkSurroundings): NetworkRequest[] {
  const { containerId, hostMacOS, exists } = surroundings;
  const specifications = (texts.length === 0 ? [BUILT_IN] : texts).map(specificationOf);
  if (specifications.some(({ network }) => network === "none")) {
    if (specifications.length > 1) refuse("no other networks may be created along with network none");
    return [];
  }
  const isDefault = texts.length === 0 || (texts.length === 1 && texts[0] === BUILT_IN);
  if (!isDefault && hostMacOS < 26) refuse("non-default network configuration requires macOS 26 or newer");
  return specifications.map(({ network, macAddress, mtu = DEFAULT_MTU }, index) => {
    if (!exists(network)) refuse(`network ${network} not found`);
    // The first one's name is a full one; it has a dot at its end where there are dots in it.
    const hostname = index === 0 && containerId.includes(".") ? `${containerId}.` : containerId;
    return { network, options: { hostname, ...(macAddress && { macAddress }), mtu } };
  });
}

interface Specification {
  readonly network: string;
  readonly macAddress?: string;
  readonly mtu?: number;
}

function specificationOf(text: string): Specification {
  if (text === "") refuse("network specification cannot be empty");
  const [network = "", ...properties] = text.split(",");
  if (network === "") refuse("network name cannot be empty");
  let specification: Specification = { network };
  for (const property of properties) {
    const [key, value, ...others] = property.split("=");
    if (value === undefined || others.length > 0) {
      refuse(`invalid property format '${property}' in network specification '${text}'`);
    }
    if (key === "mac") specification = { ...specification, macAddress: macAddressOf(value) };
    else if (key === "mtu") specification = { ...specification, mtu: mtuOf(value) };
    else refuse(`unknown network property '${key}'. Available properties: mac, mtu`);
  }
  return specification;
}

function macAddressOf(text: string): string {
  if (text === "") refuse("mac address value cannot be empty");
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) {
    refuse(`invalid MAC address format ${text}, expected format: XX:XX:XX:XX:XX:XX`);
  }
  return text.toLowerCase().replaceAll("-", ":");
}

function mtuOf(text: string): number {
  const mtu = /^\d+$/.test(text) ? Number(text) : 0;
  if (mtu < 1280 || mtu > 65535) refuse(`invalid mtu value '${text}': must be between 1280 and 65535`);
  return mtu;
}
