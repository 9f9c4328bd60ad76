import type { EngineReport } from "@nanoclaw/sandbox/adapter";

type Problem = EngineReport["problems"][number];

/** Older ones lack `exec` without known faults, or list their machines in another shape. */
const oldestVersion = "2.31.0";
/** The first in which every fault of `list` and `delete` that is known by number is mended. */
const recommendedVersion = "2.40.1";

const update = "Update it: brew upgrade openai/tools/tart";

/** What `tart --version` prints. Undefined for a build without a number. */
export function parseVersion(text: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** Below 0, 0 or above 0, as for `sort`. What is missing counts as 0. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export interface Judgement {
  readonly usable: boolean;
  readonly problems: readonly Problem[];
}

/** What is to be said of a version of Tart on a version of macOS. A newer one than any known is taken as it is. */
export function judgeVersion(version: string | undefined, macOS: string | undefined): Judgement {
  if (version === undefined) {
    return {
      usable: true,
      problems: [{ message: "This Tart does not tell its version.", hint: "Use a release of Tart." }],
    };
  }
  if (compareVersions(version, oldestVersion) < 0) {
    const message = `Tart ${version} is too old: ${oldestVersion} or later is needed.`;
    return { usable: false, problems: [{ message, hint: update }] };
  }
  const problems: Problem[] = [];
  if (macOS !== undefined && compareVersions(macOS, "14") < 0) {
    problems.push({
      message: `macOS ${macOS} has no control socket for Tart, so commands go by SSH alone.`,
      hint: "Update to macOS 14 or later.",
    });
  }
  const unlaunchable = compareVersions(version, "2.35.0") >= 0 && compareVersions(version, "2.38.0") < 0;
  if (unlaunchable && macOS !== undefined && compareVersions(macOS, "16") < 0) {
    problems.push({
      message: `Tart ${version} may not start on macOS ${macOS} (openai/tart#1302).`,
      hint: "Use Tart 2.34.0, or update macOS.",
    });
  }
  if (compareVersions(version, "2.39.0") < 0) {
    problems.push({
      message: `Tart ${version} cannot list virtual machines while one with an ASIF disk runs (openai/tart#1344).`,
      hint: `${update}. Images of macOS 27 have such disks.`,
    });
  } else if (compareVersions(version, recommendedVersion) < 0) {
    problems.push({
      message: `Tart ${recommendedVersion} is recommended, and this is ${version}.`,
      hint: update,
    });
  }
  return { usable: true, problems };
}
