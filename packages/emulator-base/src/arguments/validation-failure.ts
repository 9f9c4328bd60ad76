/** Arguments that make no sense: exit code 64, with a usage below the text. */
export class ValidationFailure extends Error {
  override readonly name = "ValidationFailure";

  constructor(
    message: string,
    /** Whose usage, `image list`; that of the whole program where a command finds out only when it runs. */
    readonly command?: string,
  ) {
    super(message);
  }
}
