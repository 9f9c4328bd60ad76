import { isWithin } from "../mounts/within.js";
import type { MountClass, MountPolicy, MountSpec, SessionSpec } from "./contract.js";
import { isPlainValue, sessionLabels } from "./labels.js";
import { deniedByPolicy } from "./session-failure.js";

/** Classes whose files a group must not change, whatever the host says. */
const readOnlyClasses: readonly MountClass[] = ["install-surface", "gateway-trust", "identity-material"];

/**
 * Whether a mount may be: its class fits the place on the host that it comes from, and nobody's own place is given to
 * another. Judged by the path as it is written, which therefore has to be the plain one.
 *
 * @throws `denied-by-policy`.
 */
export function checkMount(mount: MountSpec, role: string, spec: SessionSpec, policy: MountPolicy): void {
  const { hostPath, mode } = mount;
  if (!isPlainPath(hostPath)) {
    throw deniedByPolicy(
      `the mount ${JSON.stringify(hostPath)} must be an absolute path without ".", ".." or "//"`,
    );
  }
  const owed = owedClass(hostPath, spec, policy);
  if (owed !== undefined && mount.class !== owed) {
    throw deniedByPolicy(`the mount ${hostPath} is ${owed} by its place, and is called ${mount.class}`);
  }
  if (readOnlyClasses.includes(mount.class) && mode !== "ro") {
    throw deniedByPolicy(`the mount ${hostPath} is ${mount.class}, which is read-only`);
  }
  if (mount.class === "identity-material" && role === "agent") {
    throw deniedByPolicy(`the mount ${hostPath} is identity-material, which no agent gets`);
  }
  if (!isInItsPlace(mount, spec, policy)) {
    throw deniedByPolicy(
      `the mount ${hostPath} is no place of ${mount.class} for the group ${spec.key.agentGroupId}`,
    );
  }
}

/** Absolute, and the one way to write it. */
export function isPlainPath(path: unknown): path is string {
  if (typeof path !== "string" || !path.startsWith("/") || /[\0\r\n]/.test(path)) return false;
  return path
    .slice(1)
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== "..");
}

/** The class that a place decides. Only those that protect something are decided so. */
function owedClass(path: string, spec: SessionSpec, policy: MountPolicy): MountClass | undefined {
  const { gatewayTrustRoot, materialsRoot, surfaceRoots } = policy;
  if (gatewayTrustRoot !== undefined && isWithin(path, gatewayTrustRoot)) return "gateway-trust";
  if (isWithin(path, materialsRoot)) return "identity-material";
  if (surfaceRoots.some((root) => isWithin(path, root))) return "install-surface";
  const folder = folderOf(spec, policy);
  return folder !== undefined && isWithin(path, `${folder}/plugins`) ? "install-surface" : undefined;
}

function isInItsPlace(mount: MountSpec, spec: SessionSpec, policy: MountPolicy): boolean {
  const { hostPath, groupScope } = mount;
  switch (mount.class) {
    // The host has looked it up in its list of what may be mounted.
    case "allowlisted-extra":
      return true;
    case "gateway-trust":
    case "identity-material":
    case "install-surface":
      return owedClass(hostPath, spec, policy) === mount.class;
    case "group-state": {
      if (groupScope !== spec.key.agentGroupId) return false;
      const folder = folderOf(spec, policy);
      const sessions = `${policy.dataRoot}/v2-sessions/${groupScope}`;
      return isWithin(hostPath, sessions) || (folder !== undefined && isWithin(hostPath, folder));
    }
    default:
      return false;
  }
}

/** The directory of the session's own group. */
function folderOf({ labels }: SessionSpec, { groupsRoot }: MountPolicy): string | undefined {
  const folder = labels[sessionLabels.folder];
  return isPlainValue(folder) ? `${groupsRoot}/${folder}` : undefined;
}
