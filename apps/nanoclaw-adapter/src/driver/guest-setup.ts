import { mountInGuest } from "../mounts/guest-mounts.js";
import type { MountPlan } from "../mounts/mount-plan.js";
import type { GroupSandbox } from "../run/group-sandbox.js";
import { withHostAddress } from "../run/host-alias.js";
import type { CheckedSpec } from "./check-spec.js";
import type { SessionSpec } from "./contract.js";
import type { DriverLog } from "./driver-log.js";
import { agreeOnTime } from "./guest-clock.js";

/**
 * What the guest needs before its agent: places for its mounts, the time, and a way to the host.
 *
 * @returns The agent's environment.
 */
export async function setUpGuest(
  { sandbox, choice }: GroupSandbox,
  { spec, agent }: CheckedSpec,
  plan: MountPlan,
  log: DriverLog,
): Promise<Record<string, string>> {
  const about = { session: spec.key.sessionId, runtime: choice.runtime };
  await mountInGuest(sandbox, plan.inGuest);
  if (sandbox.capabilities.isolation === "vm") {
    const correctedMs = await agreeOnTime(sandbox);
    if (correctedMs !== 0) log.write("clock-corrected", { ...about, correctedMs });
  }
  const wanted = { ...agent.env, ...agent.contributedEnv };
  const { env, unknown } = await withHostAddress(sandbox, wanted, gatewayNames(spec));
  if (unknown.length > 0) log.write("host-not-found", { ...about, names: unknown });
  return env;
}

/** Its endpoint may be a name, with a scheme and a port around it. */
function gatewayNames({ networkAccess: access }: SessionSpec): string[] {
  if (access?.target.kind !== "host") return [];
  return [access.endpoint.replace(/^[a-z]+:\/\//i, "").replace(/[:/].*$/, "")];
}
