/** The first with today's shape of lists, and with `inspect` that fails for what is not there (apple-container.md §1.2). */
export const oldestVersion = "1.0.0";

/** The number in what the command line or the service calls its version. Undefined for a build without one. */
export function parseVersion(text: string): string | undefined {
  return /(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** Below 0, 0 or above 0, as for `sort`. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether this adapter can drive it. A newer one than any known, or one without a number, is taken as it is. */
export function isTooOld(version: string | undefined): boolean {
  return version !== undefined && compareVersions(version, oldestVersion) < 0;
}
