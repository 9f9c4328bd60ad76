import { isIPv4, isIPv6 } from "node:net";
import { refuse } from "./refuse.js";

export interface PublishedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly proto: "tcp" | "udp";
  /** How many ports from these two on. */
  readonly count: number;
}

const MAXIMUM = 64;

const form =
  /^(?:(?:\[(?<ipv6>[^\]]*)\]|(?<ipv4>[^:].*)):)?(?<hostPort>[^:].*):(?<containerPort>[^:/]*)(?:\/(?<proto>.*))?$/;

/** `[host-ip:]host[-end]:container[-end][/protocol]` (apple-container.md §4.4). */
export function publishedPortsOf(texts: readonly string[]): PublishedPort[] {
  const ports = texts.map(publishedPortOf);
  if (ports.length > MAXIMUM) refuse(`cannot exceed more than ${MAXIMUM} port publish descriptors`);
  const taken = new Set<string>();
  for (const { hostPort, count, proto } of ports) {
    for (let port = hostPort; port < hostPort + count; port++) {
      // Addresses do not count: one port on two of them overlaps too.
      const key = `${port}/${proto}`;
      if (taken.has(key)) refuse("host ports for different publish port specs may not overlap");
      taken.add(key);
    }
  }
  return ports;
}

function publishedPortOf(text: string): PublishedPort {
  const groups = form.exec(text)?.groups ?? refuse(`invalid publish value: ${text}`);
  const { ipv6, ipv4, hostPort: hostText = "", containerPort: containerText = "" } = groups;
  const proto = (groups.proto ?? "tcp").toLowerCase();
  if (proto !== "tcp" && proto !== "udp") refuse(`invalid publish protocol: ${proto}`);
  if (ipv6 && !isIPv6(ipv6)) refuse(`invalid publish IPv6 address: ${text}`);
  if (ipv4 && !isIPv4(ipv4)) refuse(`invalid publish IPv4 address: ${text}`);
  const host = rangeOf(hostText, "host");
  const container = rangeOf(containerText, "container");
  requireOrder(host, hostText, "host");
  requireOrder(container, containerText, "container");
  if (host.count !== container.count) {
    refuse(`publish host and container port counts are not equal: ${hostText}:${containerText}`);
  }
  return {
    hostAddress: ipv6 || ipv4 || "0.0.0.0",
    hostPort: host.first,
    containerPort: container.first,
    proto,
    count: host.count,
  };
}

interface PortRange {
  readonly first: number;
  readonly count: number;
}

function rangeOf(text: string, side: "host" | "container"): PortRange {
  const parts = text.split("-").filter((part) => part !== "");
  const isPort = (part: string) => /^\+?\d+$/.test(part) && Number(part) < 2 ** 16;
  if (parts.length < 1 || parts.length > 2 || !parts.every(isPort)) {
    refuse(`invalid publish ${side} port: ${text}`);
  }
  const [first = 0, last = first] = parts.map(Number);
  return { first, count: last - first + 1 };
}

/** Ports 0 and 1 are refused, so there is none that the system chooses. */
function requireOrder({ first, count }: PortRange, text: string, side: "host" | "container"): void {
  if (first <= 1 || count < 1) refuse(`invalid publish ${side} port range: ${text}`);
}
