import type { AbsentContender, Contender } from "../contender.js";
import type { Target } from "../engines/target.js";

/**
 * How a contender comes into a run. Another product's SDK is added by writing one of these: as the default export of a
 * module that `run --contender FILE` names, with the role `baseline`.
 */
export interface ContenderFactory {
  readonly id: string;
  readonly title: string;
  readonly role: Contender["role"];
  /** Whether it is a thing of this engine at all. */
  serves(target: Target): boolean;
  /**
   * Looks whether it can run here. Throws an error whose message is the reason when it cannot.
   *
   * @param signal Aborts what the contender waits for, removal excepted.
   */
  open(target: Target, signal: AbortSignal): Promise<Opened>;
}

export type Opened = Omit<Contender, "id" | "title" | "role" | "target">;

/** True for targets that a plain Docker Engine API client can reach. */
export function isDockerEngine(target: Target): boolean {
  return target.engine === "docker" && target.endpoint !== undefined;
}

export async function openContender(
  factory: ContenderFactory,
  target: Target,
  signal: AbortSignal,
): Promise<Contender | AbsentContender> {
  const { id, title, role } = factory;
  try {
    // A contender may be a class instance: its methods stay where they are.
    return Object.assign(await factory.open(target, signal), { id, title, role, target });
  } catch (error) {
    return { id, title, role, absent: error instanceof Error ? error.message : String(error) };
  }
}
