import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";
import { hostAlias, withHostAddress } from "../run/host-alias.js";

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
  if (network === "open") {
    const { env, unknown } = await withHostAddress(sandbox, environment);
    if (unknown.length === 0) return env;
  }
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
