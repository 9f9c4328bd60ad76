import type { Progress } from "./image-records.js";
import type { Plan } from "./plan.js";

/** What an engine has under the name of a base image. */
export interface FoundImage {
  /** Another one when the image is another, or has changed. */
  readonly identity: string;
  /** The image itself says that it was prepared by this program. */
  readonly saysPrepared: boolean;
  /** Somebody uses it, and changes it thereby. */
  readonly running: boolean;
}

export interface MakeOptions {
  readonly plan: Plan;
  readonly image: string;
  /** How far it is. What is missing is done; each part that is done is put down by `remember`. */
  readonly progress: Progress;
  remember(progress: Progress): void;
}

/** What one engine does for its base images. Every call ends with the signal that the engine was made with. */
export interface ImageEngine {
  /** What tells its images apart from those of another engine of the kind. */
  readonly place: string;
  /** Throws `invalid_argument` for what cannot be the name of one. */
  checkName(image: string): void;
  find(image: string): Promise<FoundImage | undefined>;
  /** Digest of the image to begin with as it is here. Undefined where it is not, or has none. */
  digestOf(from: string): Promise<string | undefined>;
  /** Fetches the image to begin with, if it is not here, or `anew` whatever is here. */
  fetch(from: string, anew: boolean): Promise<void>;
  /** The name that an image has until it is verified. */
  workingName(image: string): string;
  /** Whether what an earlier call has left under the working name can be gone on with. */
  canGoOn(progress: Progress, plan: Plan): Promise<boolean>;
  /**
   * Runs the steps that have not been done.
   *
   * @throws SandboxError `command_failed`, which names the step.
   */
  make(options: MakeOptions): Promise<void>;
  /** Gives the working image its name, and takes what had it away. May be called again after a crash in its midst. */
  publish(working: string, image: string): Promise<void>;
  /** Removes the working image, if it is there. */
  discard(working: string): Promise<void>;
}
