/** An engine that has an adapter, installed here or not. */
export interface KnownEngine {
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
  /** Where it runs. Default: anywhere. */
  readonly platform?: NodeJS.Platform;
}

/**
 * In the order of preference: the strongest wall first, and of two equally strong ones the one that starts sooner.
 * The provider's own declaration of its isolation is what counts in the end.
 */
export const knownEngines: readonly KnownEngine[] = [
  { name: "apple-container", about: "virtual machines by Apple's container", platform: "darwin" },
  { name: "tart", about: "macOS and Linux virtual machines by Tart", platform: "darwin" },
  { name: "docker", about: "containers by Docker, Podman, Colima, OrbStack" },
  { name: "local", about: "bubblewrap; no daemon, no image", platform: "linux" },
];

export function runsHere(engine: KnownEngine): boolean {
  return engine.platform === undefined || engine.platform === process.platform;
}
