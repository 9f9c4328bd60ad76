import { ValidationFailure } from "../failures.js";

/** Refuses a name that could only be that of an image in a registry. */
export function requireLocal(name: string, placeholder: string): void {
  if (name.includes("/")) throw new ValidationFailure(`${placeholder} should be a local name`);
}
