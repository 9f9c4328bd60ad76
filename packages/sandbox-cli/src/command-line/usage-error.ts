import { InvalidArgumentError } from "commander";

/**
 * The command line asks for something that cannot be. Exit code 2. Thrown while commander reads an option, the
 * message is shown behind the option's name.
 */
export class UsageError extends InvalidArgumentError {}
