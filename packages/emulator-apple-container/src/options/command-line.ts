import type { ImageConfig } from "../state/images.js";
import { refuse } from "./refuse.js";

/** The program and arguments that a container begins with (apple-container.md §4.5). */
export function commandLineOf(
  { Entrypoint = [], Cmd = [] }: ImageConfig,
  entrypoint: string | undefined,
  given: readonly string[],
): { executable: string; arguments: string[] } {
  // An empty word replaces nothing.
  const program = entrypoint ? [entrypoint] : Entrypoint;
  const words = given.length > 0 || entrypoint ? given : Cmd;
  const [executable, ...others] = [...program, ...words];
  if (executable === undefined) refuse("command/entrypoint not specified for container process");
  return { executable, arguments: others };
}
