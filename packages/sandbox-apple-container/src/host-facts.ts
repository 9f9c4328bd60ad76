import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** What of the host bears on containers. On anything but macOS next to nothing is known. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** Of this Node. A Node for Intel starts programs for Intel, on Apple silicon too. */
  readonly architecture: string;
  readonly macOS?: string;
  /** Whether images for Intel can run. */
  readonly rosetta?: boolean;
  /** Whether the login keychain, where registry passwords are, can be used from here. */
  readonly keychain?: boolean;
}

/** A part of Rosetta that is there once it was installed. */
const rosettaFile = "/Library/Apple/usr/libexec/oah/libRosettaRuntime";

export async function hostFacts(signal: AbortSignal): Promise<HostFacts> {
  const { platform, arch: architecture } = process;
  if (platform !== "darwin") return { platform, architecture };
  const run = async (program: string, ...args: string[]) => {
    const result = await execa(program, args, { cancelSignal: signal, reject: false, timeout: 5_000 });
    signal.throwIfAborted();
    return result;
  };
  const [version, keychain] = await Promise.all([
    run("/usr/bin/sw_vers", "-productVersion"),
    run("/usr/bin/security", "show-keychain-info"),
  ]);
  return {
    platform,
    architecture,
    ...(version.stdout.trim() !== "" && { macOS: version.stdout.trim() }),
    rosetta: existsSync(rosettaFile),
    keychain: keychain.exitCode === 0,
  };
}

/** Whether a kernel for virtual machines is there. Undefined where that cannot be seen. */
export function hasKernel(dataDirectory: string | undefined): boolean | undefined {
  if (dataDirectory === undefined) return undefined;
  try {
    return readdirSync(join(dataDirectory, "kernels")).length > 0;
  } catch {
    // Another layout than the one that is known.
    return undefined;
  }
}
