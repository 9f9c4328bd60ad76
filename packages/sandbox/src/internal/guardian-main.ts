import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxProvider } from "../contract/provider.js";
import type { Announcement } from "./guardian.js";

/** For one sandbox, in milliseconds. What is still there then is left to `collectGarbage`. */
const patienceMs = 60_000;
/** An engine may carry out a create that it received just before the owner died: looked for again after these. */
const lateMs = [0, 100, 250, 500];

const providers = new Map<string, Promise<SandboxProvider>>();

function providerOf({ recovery }: Announcement): Promise<SandboxProvider> {
  const key = JSON.stringify(recovery);
  let provider = providers.get(key);
  if (!provider) {
    provider = import(recovery.module).then((module) => module[recovery.factory](recovery.options));
    providers.set(key, provider as Promise<SandboxProvider>);
  }
  return provider as Promise<SandboxProvider>;
}

async function remove(id: string, announcement: Announcement, made: boolean): Promise<void> {
  const provider = await providerOf(announcement);
  const context = { signal: AbortSignal.timeout(patienceMs), emit: () => undefined };
  for (const wait of made ? [0] : lateMs) {
    await delay(wait);
    await provider.remove(id, announcement.installation, context);
  }
}

async function main(): Promise<void> {
  const announcements = new Map<string, Announcement>();
  const made = new Set<string>();
  for (const line of (await text(process.stdin)).split("\n")) {
    if (line.startsWith("+")) {
      const space = line.indexOf(" ");
      announcements.set(line.slice(1, space), JSON.parse(line.slice(space + 1)));
    } else if (line.startsWith("=")) made.add(line.slice(1));
  }
  // Each on its own: what cannot be removed must not keep the others.
  const outcomes = await Promise.allSettled(
    [...announcements].map(([id, each]) => remove(id, each, made.has(id))),
  );
  process.exitCode = outcomes.some((outcome) => outcome.status === "rejected") ? 1 : 0;
}

void main();
