import { randomUUID } from "node:crypto";
import { refuse } from "./refuse.js";

/** The name that a container gets, which is its id too; a random one where none is asked for (apple-container.md §4.4). */
export function containerIdOf(name: string | undefined): string {
  const id = name ?? randomUUID();
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(id) || id.length < 2 || id.length > 63) {
    refuse(`container ID ${id} is not a valid container ID`);
  }
  return id;
}
