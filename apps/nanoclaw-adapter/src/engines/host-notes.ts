import { availableParallelism } from "node:os";

export interface HostFacts {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  readonly coreCount: number;
}

export function hostFacts(): HostFacts {
  const { platform, arch: architecture } = process;
  return { platform, architecture, coreCount: availableParallelism() };
}

/** What a person should know of this machine before choosing an engine. */
export function hostNotes({ platform, architecture, coreCount }: HostFacts): string[] {
  if (platform !== "darwin") {
    return ["Tart and Apple's container are for macOS. Here it is docker, or local on Linux."];
  }
  if (architecture !== "arm64") {
    return [
      "This Mac, or this Node, is for Intel: Tart's macOS guests and Apple's container need Apple silicon. Use docker, " +
        "or Node for arm64 on an Apple silicon Mac.",
    ];
  }
  return [
    `Tart has a licence of its own: FSL-1.1, and before that Fair Source with a limit of 100 CPU cores for an ` +
      `organisation's servers. This host has ${coreCount}. Read the licence of your release.`,
    "Apple's licence allows two macOS guests at a time on one Mac. Linux guests are not counted.",
  ];
}
