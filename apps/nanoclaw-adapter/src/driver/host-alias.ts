import { isIPv4 } from "node:net";
import type { Sandbox } from "@nanoclaw/sandbox";
import type { NetworkAccess } from "./contract.js";

const timeoutMs = 15_000;

/** The name by which NanoClaw's settings call the machine that the engine runs on. Docker Desktop alone knows it. */
const usualName = "host.docker.internal";

/** The table of routes, whose default leads to the host, or macOS' way to tell it. */
const routeScript = `if [ -r /proc/net/route ]; then
  while read -r _ destination gateway _; do
    [ "$destination" = 00000000 ] && [ "$gateway" != 00000000 ] && { echo "hex $gateway"; exit; }
  done </proc/net/route
elif command -v route >/dev/null; then
  route -n get default | while read -r name value; do [ "$name" = gateway: ] && echo "address $value"; done
fi
true`;

/**
 * Environment in which the guest finds the host by the name that settings use (`nanoclaw.md §2.9`): where it does not
 * know the name, the address stands in its place.
 *
 * @returns The environment, and the names that nothing could be found for.
 */
export async function withHostAddress(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>>,
  access: NetworkAccess | undefined,
): Promise<{ env: Record<string, string>; unknown: readonly string[] }> {
  const names = new Set([usualName, ...(access?.target.kind === "host" ? [hostOf(access.endpoint)] : [])]);
  let replaced = { ...env };
  const unknown: string[] = [];
  for (const name of names) {
    if (!isName(name) || !Object.values(replaced).some((value) => value.includes(name))) continue;
    const address = await addressOfHost(sandbox, name);
    if (address === "unknown") unknown.push(name);
    if (address === "unknown" || address === "known") continue;
    const entries = Object.entries(replaced).map(
      ([key, value]) => [key, value.replaceAll(name, address)] as const,
    );
    replaced = Object.fromEntries(entries);
  }
  return { env: replaced, unknown };
}

async function addressOfHost(sandbox: Sandbox, name: string): Promise<string> {
  const { isolation, network } = sandbox.capabilities;
  if (network.sharedWithHost) return "127.0.0.1";
  // Docker on a Mac runs in a machine of its own, to which the route leads; its name server knows the host. Elsewhere
  // nobody knows it, and a question to a name server that does not answer would take its time.
  if (isolation === "container" && process.platform !== "linux") {
    const asked = await sandbox.exec(["getent", "hosts", name], { timeoutMs }).catch(() => undefined);
    return asked?.exitCode === 0 ? "known" : "unknown";
  }
  const { stdout } = await sandbox.exec(["/bin/sh", "-c", routeScript], { timeoutMs });
  const [kind, value = ""] = stdout.trim().split(" ");
  const address = kind === "hex" ? fromTable(value) : value;
  return isIPv4(address) ? address : "unknown";
}

/** `010011AC`, in the order of a little-endian machine, is 172.17.0.1. */
function fromTable(hexadecimal: string): string {
  return [...Buffer.from(hexadecimal, "hex")].reverse().join(".");
}

function hostOf(endpoint: string): string {
  return endpoint.replace(/^[a-z]+:\/\//i, "").replace(/[:/].*$/, "");
}

/** Not an address, and not a name that would be found in anything. */
function isName(name: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name) && !isIPv4(name);
}
