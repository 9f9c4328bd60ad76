import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, probeEngine, type SandboxProvider } from "@nanoclaw/sandbox";
import { docker } from "@nanoclaw/sandbox-docker";
import { local } from "@nanoclaw/sandbox-local";
import { dockerOfRun, importImages, testImages } from "@nanoclaw/test-engines";

/** An engine as the programs find it: by configuration. */
export interface Engine {
  readonly provider: SandboxProvider;
  readonly environment: Readonly<Record<string, string>>;
}

/** Where the programs and this test keep which sandboxes are theirs. */
export const state = mkdtempSync(join(tmpdir(), "examples-state-"));
process.env.XDG_STATE_HOME = state;

export function removeState(): void {
  rmSync(state, { recursive: true, force: true });
}

/** The engine, or the sentence to skip with. */
export const engines: Readonly<Record<string, () => Promise<Engine | string>>> = {
  async local() {
    const provider = local();
    const { available, problems } = await probeEngine(provider);
    if (!available) return problems.map(({ message, hint }) => `${message} ${hint ?? ""}`).join(" ");
    return { provider, environment: { SANDBOX_ENGINE: "local" } };
  },

  async docker() {
    const { dockerHost, reason } = dockerOfRun();
    if (reason !== undefined) return reason;
    await importImages(dockerHost.replace("unix://", ""), ["node"]);
    const image = testImages.node.reference;
    const options = { defaultImage: image, pull: "never" } as const;
    return {
      provider: docker({ ...options, host: dockerHost }),
      environment: {
        SANDBOX_ENGINE: "docker",
        SANDBOX_ENGINE_OPTIONS: JSON.stringify(options),
        SANDBOX_IMAGE: image,
        DOCKER_HOST: dockerHost,
      },
    };
  },
};

/** The programs that the guest lacks. */
export async function missingInGuest(
  provider: SandboxProvider,
  programs: readonly string[],
): Promise<string[]> {
  if (programs.length === 0) return [];
  await using sandbox = await createSandbox(provider, { network: "none" });
  const missing: string[] = [];
  for (const program of programs) {
    const { exitCode } = await sandbox.exec(["sh", "-c", 'command -v "$1"', "sh", program]);
    if (exitCode !== 0) missing.push(program);
  }
  return missing;
}
