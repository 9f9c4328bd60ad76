import { opendir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { blockedBy } from "./blocked.js";
import { isWithin } from "./within.js";

/** A large tree is not looked through to its end: a turn waits for this. */
const mostEntries = 5_000;
const mostTold = 5;

/**
 * What a directory holds that its mounting should not hide: symbolic links that lead out of it, which a guest can
 * make the host follow, and names that the blocked patterns would have refused. In sentences.
 */
export async function lookInside(directory: string, patterns: readonly string[]): Promise<string[]> {
  const outward: string[] = [];
  const blocked: string[] = [];
  const waiting = [""];
  let seen = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entries = await opendir(join(directory, at)).catch(() => undefined);
    if (!entries) continue;
    for await (const entry of entries) {
      if (++seen > mostEntries) break;
      const name = join(at, entry.name);
      if (entry.isSymbolicLink()) {
        const target = await realpath(join(directory, name)).catch(() => undefined);
        // One that leads nowhere today may lead somewhere tomorrow, but not by what is mounted now.
        if (target !== undefined && !isWithin(target, directory)) outward.push(name);
      } else if (blockedBy(entry.name, patterns) !== undefined) blocked.push(name);
      else if (entry.isDirectory()) waiting.push(name);
    }
    if (seen > mostEntries) break;
  }
  const told: string[] = [];
  if (outward.length > 0) told.push(`symbolic links in it lead outside: ${some(outward)}.`);
  if (blocked.length > 0) told.push(`it holds what is usually blocked: ${some(blocked)}.`);
  if (seen > mostEntries) told.push(`only ${mostEntries} of its entries were looked at.`);
  return told;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, mostTold).map((name) => JSON.stringify(name));
  return names.length > mostTold
    ? `${shown.join(", ")} and ${names.length - mostTold} more`
    : shown.join(", ");
}
