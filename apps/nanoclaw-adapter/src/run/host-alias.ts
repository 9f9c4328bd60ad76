import { isIPv4 } from "node:net";
import type { Sandbox } from "@nanoclaw/sandbox";

const timeoutMs = 15_000;

/** The name by which NanoClaw's settings call the machine that it runs on. Docker Desktop alone knows it. */
export const hostAlias = "host.docker.internal";

/** The table of routes, whose default leads to the host, or macOS' way to tell it. */
const routeScript = "cat /proc/net/route 2>/dev/null || route -n get default 2>/dev/null";

/**
 * Environment in which the guest finds the host by the names that settings use (`nanoclaw.md §2.9`): where it does not
 * know one, the address stands in its place.
 *
 * @returns The environment, and the names that nothing could be found for.
 */
export async function withHostAddress(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>>,
  others: readonly string[] = [],
): Promise<{ env: Record<string, string>; unknown: readonly string[] }> {
  let replaced = { ...env };
  const unknown: string[] = [];
  for (const name of new Set([hostAlias, ...others])) {
    if (!isName(name) || !Object.values(replaced).some((value) => value.includes(name))) continue;
    const address = await addressOfHost(sandbox, name);
    if (address === undefined) unknown.push(name);
    else {
      const entries = Object.entries(replaced).map(([key, value]) => [key, value.replaceAll(name, address)]);
      replaced = Object.fromEntries(entries);
    }
  }
  return { env: replaced, unknown };
}

/** The name itself where it is known there; undefined where nobody knows the host. */
async function addressOfHost(sandbox: Sandbox, name: string): Promise<string | undefined> {
  const { isolation, network } = sandbox.capabilities;
  if (network.sharedWithHost) return "127.0.0.1";
  // Docker on a Mac runs in a machine of its own, to which the route leads; its name server knows the host. Elsewhere
  // nobody knows it, and a question to a name server that does not answer would take its time.
  if (isolation === "container" && process.platform !== "linux") {
    const asked = await sandbox.exec(["getent", "hosts", name], { timeoutMs }).catch(() => undefined);
    return asked?.exitCode === 0 ? name : undefined;
  }
  const { stdout } = await sandbox.exec(["/bin/sh", "-c", routeScript], { timeoutMs });
  return gatewayOf(stdout);
}

/** The default gateway in `/proc/net/route`, where addresses are hexadecimal from right to left, or in `route -n get`. */
export function gatewayOf(routes: string): string | undefined {
  const [, macOS = ""] = /^\s*gateway: (\S+)$/m.exec(routes) ?? [];
  if (isIPv4(macOS)) return macOS;
  const [, hexadecimal] = /^\S+\t00000000\t([0-9A-F]{8})\t/m.exec(routes) ?? [];
  if (hexadecimal === undefined || hexadecimal === "00000000") return undefined;
  return [...Buffer.from(hexadecimal, "hex")].reverse().join(".");
}

/** Not an address, and not a name that would be found in anything. */
function isName(name: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name) && !isIPv4(name);
}
