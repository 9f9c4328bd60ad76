import { SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Tart } from "./engine.js";
import type { ListedVm } from "./vm-list.js";

/** How many macOS guests macOS lets run at a time. */
const macOSLimit = 2;

/** Throws `resource_exhausted` with their names when the places for macOS guests are taken, as far as Tart knows. */
export async function refuseThirdMac(
  tart: Tart,
  rows: readonly ListedVm[],
  signal: AbortSignal,
): Promise<void> {
  const running = rows.filter(({ source, state }) => source === "local" && state === "running");
  const systems = await Promise.all(
    running.map(async ({ name }) => {
      try {
        return (await tart.facts(name, signal)).os;
      } catch (error) {
        signal.throwIfAborted();
        // It has ended since, so it takes no place.
        if (SandboxError.is(error)) return undefined;
        throw error;
      }
    }),
  );
  const macs = running.filter((_, index) => systems[index] === "darwin").map(({ name }) => name);
  if (macs.length < macOSLimit) return;
  throw new SandboxError(
    "resource_exhausted",
    `Two macOS guests run already, which is all that macOS allows: ${macs.join(", ")}.`,
    { hint: "End one of them, or use a Linux image." },
  );
}
