/** Exit code of `docker run` when the command was never started. */
export const NOT_STARTED = 125;

/** A call that is not carried out. Core's errors would have to be loaded first, and a refusal is to be quick. */
export class Refusal extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, { hint, exitCode = NOT_STARTED }: { hint?: string; exitCode?: number } = {}) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
