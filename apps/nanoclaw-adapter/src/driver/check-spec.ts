import { isValidFolder } from "../group-folder.js";
import type { ContainerSpec, DriverCapabilities, MountPolicy, SessionSpec } from "./contract.js";
import { labelsOf, sessionLabels } from "./labels.js";
import { checkMount, isPlainPath } from "./mount-policy.js";
import { isCredential, isSecretShaped } from "./secret-shapes.js";
import { deniedByPolicy, specInvalid } from "./session-failure.js";

/** A specification that may be carried out. */
export interface CheckedSpec {
  readonly spec: SessionSpec;
  readonly agent: ContainerSpec;
  readonly argv: readonly string[];
  readonly folder: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The rules that all drivers share (`nanoclaw.md §2.11`), before anything is made. The host's own are the same; ours
 * hold for any host.
 *
 * @throws `spec-invalid`, `denied-by-policy`.
 */
export function checkSpec(
  spec: SessionSpec,
  policy: MountPolicy,
  capabilities: DriverCapabilities,
): CheckedSpec {
  const { containers, runtimeTier, network, networkAccess, hardening, stopGraceSeconds, runAs } = spec;
  if (!capabilities.isolationTiers.includes(runtimeTier)) {
    const tiers = capabilities.isolationTiers.join(", ");
    throw specInvalid(`runtimeTier '${runtimeTier}' is not among what there is [${tiers}]`);
  }
  if (hardening !== "standard") throw specInvalid(`hardening '${hardening}' is not known`);
  if (network !== "shared-private" && network !== "none")
    throw specInvalid(`network '${network}' is not known`);
  const agents = containers.filter(({ role }) => role === "agent");
  const [agent] = agents;
  if (agent === undefined || agents.length > 1)
    throw specInvalid("there must be exactly one container 'agent'");
  const labels = labelsOf(spec, agent);
  const folder = labels[sessionLabels.folder];
  if (!isValidFolder(folder))
    throw specInvalid(`the label ${sessionLabels.folder} must name the group's folder`);
  for (const container of containers) checkContainer(container, spec, policy);
  const other = containers.find(({ role }) => role !== "agent");
  if (other !== undefined)
    throw specInvalid(`there is no container beside the agent here, such as '${other.role}'`);
  if (networkAccess !== undefined && network !== "none" && networkAccess.target.kind !== "host") {
    throw specInvalid(
      `no network leads to a gateway of kind '${networkAccess.target.kind}'; it must be the host's`,
    );
  }
  if (!(Number.isFinite(stopGraceSeconds) && stopGraceSeconds >= 0)) {
    throw specInvalid("stopGraceSeconds must be a number of at least 0");
  }
  if (runAs !== undefined && ![runAs.uid, runAs.gid].every((id) => Number.isInteger(id) && id >= 0)) {
    throw specInvalid("runAs must have whole numbers as uid and gid");
  }
  const argv = [...(agent.command ?? []), ...(agent.args ?? [])];
  if ((agent.command?.length ?? 0) === 0) {
    throw specInvalid("the agent needs a command: an image's entry point does not run here");
  }
  return { spec, agent, argv, folder, labels };
}

function checkContainer(
  { role, mounts, env, contributedEnv }: ContainerSpec,
  spec: SessionSpec,
  policy: MountPolicy,
) {
  const targets = new Set<string>();
  for (const mount of mounts) {
    const { containerPath } = mount;
    if (!isPlainPath(containerPath)) {
      throw specInvalid(
        `the place ${JSON.stringify(containerPath)} in the ${role} must be a plain absolute path`,
      );
    }
    if (targets.has(containerPath))
      throw specInvalid(`the place ${containerPath} in the ${role} is there twice`);
    targets.add(containerPath);
    checkMount(mount, role, spec, policy);
  }
  for (const [name, value] of Object.entries(env)) {
    if (isSecretShaped(name, value))
      throw deniedByPolicy(`the variable ${name} of the ${role} looks like a secret`);
  }
  // Names such as ANTHROPIC_AUTH_TOKEN belong here, with a word that the gateway replaces. Credentials do not.
  for (const [name, value] of Object.entries(contributedEnv ?? {})) {
    if (isCredential(value)) throw deniedByPolicy(`the variable ${name} of the ${role} holds a credential`);
  }
}
