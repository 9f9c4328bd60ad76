import { type Capabilities, SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import { type MountPlan, planMounts } from "../mounts/mount-plan.js";
import { protectedPlaceIn } from "../mounts/protected.js";
import { isReachedWithoutLink, isWithin } from "../mounts/within.js";
import type { MountPolicy, MountSpec } from "./contract.js";
import { refuseWal } from "./session-databases.js";
import { deniedByPolicy, specInvalid } from "./session-failure.js";

export interface SessionMountsOptions {
  readonly policy: MountPolicy;
  readonly installation: Installation;
  readonly capabilities: Capabilities;
}

/**
 * How a session's mounts come about on an engine, once each is known to be what its path says.
 *
 * @throws `denied-by-policy`, and `spec-invalid` for what is not there or cannot come about on this engine.
 */
export async function sessionMounts(
  specs: readonly MountSpec[],
  { policy, installation, capabilities }: SessionMountsOptions,
): Promise<MountPlan> {
  await refuseLinks(specs, policy);
  for (const { hostPath } of specs.filter(({ mode }) => mode === "rw")) {
    const place = await protectedPlaceIn(hostPath, installation);
    if (place === undefined) continue;
    throw deniedByPolicy(`the mount ${hostPath} is for writing, and holds or is in ${place}`);
  }
  if (capabilities.isolation === "vm") await refuseWal(specs);
  const binds = specs.map(({ hostPath: source, containerPath: target, mode }) => ({
    source,
    target,
    readOnly: mode === "ro",
  }));
  try {
    return await planMounts(binds, { capabilities, files: "copy" });
  } catch (error) {
    throw SandboxError.is(error) ? specInvalid(error.message) : error;
  }
}

/**
 * What the host allows by list is looked up by the host.
 *
 * @throws `denied-by-policy` for a link on the way, `spec-invalid` for a source that is not there.
 */
async function refuseLinks(mounts: readonly MountSpec[], policy: MountPolicy): Promise<void> {
  const { groupsRoot, dataRoot, surfaceRoots, materialsRoot, gatewayTrustRoot } = policy;
  const roots = [
    groupsRoot,
    dataRoot,
    materialsRoot,
    ...surfaceRoots,
    ...(gatewayTrustRoot ? [gatewayTrustRoot] : []),
  ];
  for (const { hostPath } of mounts.filter((mount) => mount.class !== "allowlisted-extra")) {
    const root = roots.find((each) => isWithin(hostPath, each));
    const plain = root === undefined ? false : await isReachedWithoutLink(hostPath, root);
    if (plain === undefined) throw specInvalid(`the mount ${hostPath} is not there`);
    if (!plain) throw deniedByPolicy(`the mount ${hostPath} is reached by a link`);
  }
}
