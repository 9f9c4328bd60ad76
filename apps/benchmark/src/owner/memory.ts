import { readFileSync, writeFileSync } from "node:fs";

const LOOK_EVERY_MS = 5;

/**
 * Starts to watch this process's resident memory. The function that it returns stops and tells by how many bytes it
 * rose above what it was, at its peak.
 */
export function watchMemory(): () => number {
  globalThis.gc?.();
  const kernelKeepsPeak = resetPeak();
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return Math.max(peak, kernelKeepsPeak ? readPeak() : 0) - before;
  };
}

/** Linux keeps the highest value itself, so that nothing between two looks is missed. False elsewhere. */
function resetPeak(): boolean {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return readPeak() > 0;
  } catch {
    return false;
  }
}

function readPeak(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}
