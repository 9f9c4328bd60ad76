import { realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import type { MountPolicy, MountSpec } from "./contract.js";
import { isIn } from "./mount-policy.js";
import { deniedByPolicy, specInvalid } from "./session-failure.js";

/**
 * Sees to it that a mount is where its path says. Groups write to directories that are mounted again: a link that one
 * left there would give it whatever the link names. What the host allows by list is looked up by the host.
 *
 * @throws `denied-by-policy` for a link on the way, `spec-invalid` for a source that is not there.
 */
export async function refuseLinks(mounts: readonly MountSpec[], policy: MountPolicy): Promise<void> {
  const { groupsRoot, dataRoot, surfaceRoots, materialsRoot, gatewayTrustRoot } = policy;
  const roots = [
    groupsRoot,
    dataRoot,
    materialsRoot,
    ...surfaceRoots,
    ...(gatewayTrustRoot ? [gatewayTrustRoot] : []),
  ];
  for (const { hostPath } of mounts.filter((mount) => mount.class !== "allowlisted-extra")) {
    const root = roots.find((each) => isIn(hostPath, each));
    const [there, above] = await Promise.all([
      resolved(hostPath),
      root === undefined ? undefined : resolved(root),
    ]);
    if (there === undefined) throw specInvalid(`the mount ${hostPath} is not there`);
    if (root === undefined || above === undefined || there !== join(above, relative(root, hostPath))) {
      throw deniedByPolicy(`the mount ${hostPath} is reached by a link`);
    }
  }
}

async function resolved(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}
