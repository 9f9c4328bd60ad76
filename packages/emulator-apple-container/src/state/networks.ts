import { join } from "node:path";
import { ContainerFailure } from "../failures.js";
import { isoDate } from "../output/print.js";
import { Records } from "./records.js";
import { overlap, parseSubnet, type Subnet, subnetText } from "./subnet.js";

/** A network that containers can be on (apple-container.md §6.4). */
export interface Network {
  readonly name: string;
  readonly creationDate: string;
  readonly mode: "nat" | "hostOnly";
  /** What was asked for. */
  readonly ipv4Subnet?: string;
  readonly ipv6Subnet?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly plugin: string;
  readonly options: Readonly<Record<string, string>>;
  /** What it has got. */
  readonly assignedSubnet: string;
}

export const BUILT_IN = "default";
const PLUGIN = "container-network-vmnet";

const builtInNetwork: Network = {
  name: BUILT_IN,
  creationDate: "2026-01-01T00:00:00Z",
  mode: "nat",
  labels: { "com.apple.container.resource.role": "builtin" },
  plugin: PLUGIN,
  options: {},
  assignedSubnet: "192.168.64.0/24",
};

export type NewNetwork = Pick<Network, "name" | "mode" | "ipv4Subnet" | "ipv6Subnet" | "labels" | "options">;

/** All of them, the built-in one first. */
export function listNetworks(home: string): Network[] {
  return [builtInNetwork, ...recordsOf(home).all()];
}

export function findNetwork(home: string, name: string): Network | undefined {
  return listNetworks(home).find((network) => network.name === name);
}

/** Throws where the name or the addresses are taken (apple-container.md §7.2). */
export function createNetwork(home: string, given: NewNetwork): Network {
  if (findNetwork(home, given.name) !== undefined) throw networkExists(given.name);
  const taken = listNetworks(home).flatMap(({ assignedSubnet }) => parseSubnet(assignedSubnet) ?? []);
  const network: Network = {
    ...given,
    creationDate: isoDate(new Date()),
    plugin: PLUGIN,
    assignedSubnet: subnetText(assign(given.ipv4Subnet, taken)),
  };
  if (!recordsOf(home).add(given.name, network)) throw networkExists(given.name);
  return network;
}

export function deleteNetwork(home: string, name: string): void {
  recordsOf(home).remove(name);
}

/** The host's address on a network. */
export function gatewayOf({ assignedSubnet }: Network): string {
  return assignedSubnet.replace(/\d+\/\d+$/, "1");
}

function assign(asked: string | undefined, taken: readonly Subnet[]): Subnet {
  const subnet = asked === undefined ? nextFree(taken) : parseSubnet(asked);
  if (subnet === undefined) throw new ContainerFailure("invalidArgument", `invalid subnet: ${asked}`);
  const other = taken.find((one) => overlap(one, subnet));
  if (other === undefined) return subnet;
  throw new ContainerFailure(
    "exists",
    `IPv4 subnet ${subnetText(subnet)} overlaps an existing network with subnet ${subnetText(other)}`,
  );
}

function nextFree(taken: readonly Subnet[]): Subnet {
  for (let third = 64; third < 256; third++) {
    const subnet = parseSubnet(`192.168.${third}.0/24`);
    if (subnet !== undefined && !taken.some((one) => overlap(one, subnet))) return subnet;
  }
  throw new ContainerFailure("internalError", "no free subnet");
}

function networkExists(name: string): ContainerFailure {
  return new ContainerFailure("exists", `network ${name} already exists`);
}

function recordsOf(home: string): Records<Network> {
  return new Records(join(home, "networks"));
}
