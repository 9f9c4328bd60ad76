import { refuse } from "./refuse.js";

const pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$";

/** apple-container.md §10.3. */
export function requireVolumeName(name: string): void {
  if (new RegExp(pattern).test(name) && name.length <= 255) return;
  refuse(`invalid volume name '${name}': must match ${pattern}`);
}
