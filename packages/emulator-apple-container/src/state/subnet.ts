import { isIPv4, isIPv6 } from "node:net";

/** A range of IPv4 addresses. */
export interface Subnet {
  /** The first address, as a number. */
  readonly first: number;
  /** 0 to 32. */
  readonly prefix: number;
}

/** `192.168.64.0/24`; undefined for what is none. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = "", prefixText = "", ...others] = text.split("/");
  const prefix = Number(prefixText);
  if (!isIPv4(address) || !/^\d+$/.test(prefixText) || prefix > 32 || others.length > 0) return undefined;
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first: number - (number % sizeOf(prefix)), prefix };
}

export function isIPv6Subnet(text: string): boolean {
  const [address = "", prefix = "", ...others] = text.split("/");
  return isIPv6(address) && /^\d+$/.test(prefix) && Number(prefix) <= 128 && others.length === 0;
}

export function subnetText({ first, prefix }: Subnet): string {
  const parts = [24, 16, 8, 0].map((bits) => Math.trunc(first / 2 ** bits) % 256);
  return `${parts.join(".")}/${prefix}`;
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return one.first < other.first + sizeOf(other.prefix) && other.first < one.first + sizeOf(one.prefix);
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}
