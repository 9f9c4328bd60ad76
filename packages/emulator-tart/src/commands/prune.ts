import type { Command } from "../arguments/parsed.js";
import { collectUntagged } from "../store/oci-cache.js";
import { type Prunable, prunableImages, prunableMachines } from "../store/reclaim.js";

export const run: Command = async (parsed, home) => {
  const oldBudget = parsed.optionalNumber("cache-budget");
  if (oldBudget !== undefined) {
    process.stderr.write("--cache-budget is deprecated, please use --space-budget\n");
  }
  if (parsed.flag("gc")) collectUntagged(home);
  const candidates = () => (parsed.text("entries") === "vms" ? prunableMachines(home) : prunableImages(home));
  const age = parsed.optionalNumber("older-than");
  if (age !== undefined) removeOlder(candidates(), age);
  const budget = parsed.optionalNumber("space-budget") ?? oldBudget;
  if (budget !== undefined) removeBeyond(candidates(), budget * 2 ** 30);
  return 0;
};

function removeOlder(candidates: readonly Prunable[], days: number): void {
  const limit = Date.now() - days * 86_400_000;
  for (const candidate of candidates) if (candidate.directory.accessed.getTime() < limit) candidate.remove();
}

/** Keeps what was used last for as long as it fits. */
function removeBeyond(candidates: readonly Prunable[], bytes: number): void {
  let left = bytes;
  for (const candidate of [...candidates].reverse()) {
    left -= candidate.directory.allocatedSize;
    if (left < 0) candidate.remove();
  }
}
