import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../failures.js";
import type { TartHome } from "../store/home.js";

/** How long the host's DHCP server promises an address, in seconds; Softnet makes it less. */
export const LEASE_SECONDS = 86_400;
export const SOFTNET_LEASE_SECONDS = 600;

/** The host has one file of leases; here each is a file, so that machines may start at once. */
function leaseDirectory(home: TartHome): string {
  return join(home.path, "emulator-dhcpd-leases");
}

/** Notes that a machine was given an address. */
export function writeLease(home: TartHome, mac: string, address: string, seconds: number): void {
  const directory = leaseDirectory(home);
  mkdirSync(directory, { recursive: true });
  const expiry = Math.floor(Date.now() / 1000) + seconds;
  const hardware = `1,${unpadded(mac)}`;
  const lines = [`ip_address=${address}`, `hw_address=${hardware}`, `lease=0x${expiry.toString(16)}`];
  const path = join(directory, mac.replaceAll(":", "-"));
  writeFileSync(`${path}.${process.pid}`, `{\n${lines.map((line) => `\t${line}\n`).join("")}}\n`);
  renameSync(`${path}.${process.pid}`, path);
}

/** The address that a lease names which has not expired, whether or not its machine still runs. */
export function leasedAddress(home: TartHome, mac: string): string | undefined {
  const now = Math.floor(Date.now() / 1000);
  return readLeases(home)
    .filter(({ hardware, expiry }) => hardware === `1,${unpadded(mac)}` && expiry > now)
    .sort((one, other) => other.expiry - one.expiry)[0]?.address;
}

interface Lease {
  readonly address: string;
  readonly hardware: string;
  /** Seconds since 1970. */
  readonly expiry: number;
}

function readLeases(home: TartHome): Lease[] {
  let names: string[];
  try {
    names = readdirSync(leaseDirectory(home));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw error;
  }
  return names
    .filter((name) => !name.includes("."))
    .map((name) => readFileSync(join(leaseDirectory(home), name), "utf8"))
    .map((text) => {
      const value = (key: string) => new RegExp(`^\\t${key}=(.*)$`, "m").exec(text)?.[1] ?? "";
      return { address: value("ip_address"), hardware: value("hw_address"), expiry: Number(value("lease")) };
    });
}

/** As the host's file has it: `02:0a:ff` is `2:a:ff`. */
function unpadded(mac: string): string {
  return mac
    .split(":")
    .map((octet) => Number.parseInt(octet, 16).toString(16))
    .join(":");
}
