import { spawn } from "node:child_process";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { readDockerConfig } from "./docker-config.js";
import type { Surroundings } from "./endpoint.js";
import type { RegistryAuth } from "./options.js";

/**
 * What `docker login` has stored for a registry, in Docker's configuration or with a credential helper of the
 * system. Undefined where it has stored nothing: most images are public.
 */
export async function storedCredentials(
  registry: string,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const config = await readDockerConfig(surroundings);
  // The key that Docker Hub has had since its first version.
  const key = registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
  const helpers = config.credHelpers as Record<string, unknown> | undefined;
  const helper = helpers?.[key] ?? config.credsStore;
  if (typeof helper === "string" && helper !== "") return askHelper(helper, key, signal);
  const entry = (config.auths as Record<string, StoredEntry> | undefined)?.[key];
  if (entry?.identitytoken) return { identityToken: entry.identitytoken, serverAddress: key };
  if (!entry?.auth) return undefined;
  const pair = Buffer.from(entry.auth, "base64").toString();
  const colon = pair.indexOf(":");
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1), serverAddress: key };
}

interface StoredEntry {
  readonly auth?: string;
  readonly identitytoken?: string;
}

async function askHelper(
  helper: string,
  key: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const program = `docker-credential-${helper}`;
  const { exitCode, output } = await runHelper(program, key, signal);
  if (exitCode !== 0) {
    // The words every helper uses when it holds nothing for the registry.
    if (/credentials not found/i.test(output)) return undefined;
    throw new SandboxError("permission_denied", `${program} did not give the credentials for ${key}.`, {
      hint: `Run \`docker login\` again, or name the credentials: docker({ auth }).`,
    });
  }
  const { Username, Secret } = JSON.parse(output) as { Username: string; Secret: string };
  if (Username === "<token>") return { identityToken: Secret, serverAddress: key };
  return { username: Username, password: Secret, serverAddress: key };
}

function runHelper(
  program: string,
  key: string,
  signal: AbortSignal,
): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], signal });
    const pieces: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    child.once("error", (cause) => {
      const error = new SandboxError("permission_denied", `${program} could not be run.`, {
        cause,
        hint: "Install it, or name the credentials: docker({ auth }).",
      });
      reject(signal.aborted ? signal.reason : error);
    });
    child.once("close", (exitCode) => resolve({ exitCode, output: Buffer.concat(pieces).toString() }));
    // A helper that ends before it has read this tells why by its exit code.
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(key);
  });
}
