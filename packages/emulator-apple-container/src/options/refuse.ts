import { ContainerFailure } from "../failures.js";

/** What the program itself finds wrong about a value: exit code 1, without a usage. */
export function refuse(message: string): never {
  throw new ContainerFailure("invalidArgument", message);
}
