import { type Capabilities, SandboxError } from "@nanoclaw/sandbox";
import { canHideFiles } from "../mounts/hidden-file.js";
import { type Bind, type MountPlan, planMounts } from "../mounts/mount-plan.js";
import type { Concession } from "../policy/decision.js";

export interface ConcededMountsOptions {
  readonly engine: string;
  readonly capabilities: Capabilities;
  readonly concessions: readonly Concession[];
  /** Gives an empty file that stands for `/dev/null`. */
  readonly emptyFile: () => Promise<string>;
}

/**
 * How an engine gives the mounts that NanoClaw asks for: all of them by itself, or directories by itself and what
 * lies inside them by the guest. The latter is weaker, as root in the guest can take it away, so policy must allow it.
 *
 * @throws SandboxError `unsupported` with what to change. Nothing is ever left out.
 */
export async function concededMounts(
  binds: readonly Bind[],
  { engine, capabilities, concessions, emptyFile }: ConcededMountsOptions,
): Promise<MountPlan> {
  const refuse = (inability: string, hint: string): never => {
    throw new SandboxError("unsupported", `${engine} ${inability}.`, { hint });
  };
  const hiding = binds.find(isNull);
  if (hiding !== undefined && !canHideFiles(capabilities)) {
    refuse(
      `cannot hide ${hiding.target} so that nobody in the guest gets it back`,
      "Move .env out of the project's directory, or give this group the runtime docker or local.",
    );
  }
  // NanoClaw hides a file by mounting the null device over it; what hides it is that nothing can be read.
  const empty = hiding === undefined ? "" : await emptyFile();
  const real = binds.map((bind) => (isNull(bind) ? { ...bind, source: empty, readOnly: true } : bind));
  const plan = await planMounts(real, { capabilities, files: "bind" });
  const conceded = (concession: Concession, inability: string): void => {
    if (concessions.includes(concession)) return;
    refuse(
      inability,
      `Give the group the runtime docker or local, or let it pass in the policy: "concessions": ["${concession}"] (docs/nanoclaw/shim.md).`,
    );
  };
  if (plan.inGuest.some(({ from, target }) => from !== target))
    conceded("guest-mounts", "cannot mount inside another mount");
  if (plan.inGuest.some((step) => "source" in step)) conceded("copied-files", "cannot share a single file");
  return plan;
}

const isNull = ({ source }: Bind): boolean => source === "/dev/null";
