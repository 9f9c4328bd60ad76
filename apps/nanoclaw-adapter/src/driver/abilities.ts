import type { Runtime } from "../runtime.js";
import type { DriverCapabilities, SessionResources } from "./contract.js";

interface EngineAbilities {
  readonly vm: boolean;
  /** Limits of the contract that this engine has not, or not on every machine. */
  readonly unrealized: readonly (keyof SessionResources)[];
  /** Whether the engine that sessions run on is the one that the host builds a group's image with. */
  readonly imageBuild: boolean;
}

/**
 * What each engine can do of the host's contract. The host asks before any adapter is loaded, so that this stands here;
 * a test holds it against what the adapters declare.
 */
export const engineAbilities: Readonly<Record<Runtime, EngineAbilities>> = {
  tart: { vm: true, unrealized: ["pidsLimit", "shmSizeMb"], imageBuild: false },
  container: { vm: true, unrealized: ["pidsLimit", "shmSizeMb"], imageBuild: false },
  docker: { vm: false, unrealized: ["shmSizeMb"], imageBuild: true },
  // It has the limits of the control groups that it may write to, which differ from machine to machine.
  local: { vm: false, unrealized: ["memoryMb", "cpus", "pidsLimit", "shmSizeMb"], imageBuild: false },
};

const resources: readonly (keyof SessionResources)[] = ["memoryMb", "cpus", "pidsLimit", "shmSizeMb"];

/**
 * What the host may rely on whichever of these engines a group gets: the tiers that any has, the abilities that all
 * have, and of limits those that none lacks.
 */
export function capabilitiesOf(engines: readonly Runtime[]): DriverCapabilities {
  const each = engines.map((runtime) => engineAbilities[runtime]);
  return {
    // "container" is what the host says for groups that it says nothing of: those get what the policy decides.
    isolationTiers: each.some(({ vm }) => vm) ? ["container", "vm"] : ["container"],
    admissionEnforced: false,
    networkPolicy: "topology",
    encryptedVolumes: false,
    unrealized: resources.filter((name) => each.some(({ unrealized }) => unrealized.includes(name))),
    sharedNetworkNamespace: false,
    auxiliaryContainers: false,
    imageBuild: each.every(({ imageBuild }) => imageBuild),
  };
}
