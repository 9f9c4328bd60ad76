import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";

/** What NanoClaw calls the machine that it runs on, in addresses of proxies. */
const hostAlias = "host.docker.internal";

/** Tells the name's address if the guest has one, and else the way out, as Linux and macOS show it. */
const lookUp = `getent hosts ${hostAlias} >/dev/null 2>&1 && echo known
cat /proc/net/route 2>/dev/null || route -n get default 2>/dev/null`;

/**
 * The environment with the host's alias replaced by an address where the guest cannot resolve it (NanoClaw #2589).
 *
 * @throws SandboxError `unsupported` when the guest has no way to the host.
 */
export async function withoutHostAlias(
  environment: Readonly<Record<string, string>>,
  sandbox: Sandbox,
  network: "open" | "none",
): Promise<Record<string, string>> {
  const names = Object.keys(environment).filter((name) => environment[name]?.includes(hostAlias));
  if (names.length === 0) return { ...environment };
  const address = network === "none" ? undefined : await hostAddress(sandbox);
  if (address === hostAlias) return { ...environment };
  if (address === undefined) {
    throw new SandboxError(
      "unsupported",
      `${names.join(", ")} name ${hostAlias}, which this sandbox cannot reach.`,
      {
        hint:
          network === "none"
            ? 'The policy gives the group no network. Say "network": "open", or do without the proxy.'
            : "The guest has no default route. Look at the network of the engine.",
      },
    );
  }
  const replaced = names.map((name) => [name, environment[name]?.replaceAll(hostAlias, address) ?? ""]);
  return { ...environment, ...Object.fromEntries(replaced) };
}

/** The alias itself where it is known. */
async function hostAddress(sandbox: Sandbox): Promise<string | undefined> {
  if (sandbox.capabilities.network.sharedWithHost) return "127.0.0.1";
  const { stdout } = await sandbox.exec(lookUp, { timeoutMs: 10_000 });
  return stdout.startsWith("known\n") ? hostAlias : gatewayOf(stdout);
}

/** The default gateway in `/proc/net/route`, where addresses are hexadecimal from right to left, or in `route -n get`. */
export function gatewayOf(routes: string): string | undefined {
  const [, macOS] = /^\s*gateway: (\S+)$/m.exec(routes) ?? [];
  if (macOS !== undefined) return macOS;
  const [, hex] = /^\S+\t00000000\t([0-9A-F]{8})\t/m.exec(routes) ?? [];
  if (hex === undefined || hex === "00000000") return undefined;
  return (hex.match(/../g) ?? [])
    .map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join(".");
}
