import { fileURLToPath } from "node:url";

/** The path of a shell script of this package. Sources and build are both one folder below the package's root. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));
}
