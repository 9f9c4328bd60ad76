/** Arguments that cannot be read: exit code 64, with the usage of the command that they were for. */
export class ParserError extends Error {
  override readonly name = "ParserError";

  constructor(
    message: string,
    /** Goes onto a line of its own, about the argument that is wrong. */
    readonly help?: string,
  ) {
    super(message);
  }
}
