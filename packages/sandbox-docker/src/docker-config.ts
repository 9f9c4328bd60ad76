import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { type Endpoint, parseHost, type Surroundings } from "./endpoint.js";

function dockerDirectory({ home, environment }: Surroundings): string {
  return environment.DOCKER_CONFIG || `${home}/.docker`;
}

/** What `docker login` and `docker context` have stored; empty where there is nothing. */
export async function readDockerConfig(surroundings: Surroundings): Promise<Record<string, unknown>> {
  return (await readJson(`${dockerDirectory(surroundings)}/config.json`)) ?? {};
}

/** The context that `docker context use` chose. */
export async function currentContext(surroundings: Surroundings): Promise<string | undefined> {
  const { currentContext } = await readDockerConfig(surroundings);
  return typeof currentContext === "string" ? currentContext : undefined;
}

/** The engine of a docker context, which the docker command keeps under the SHA-256 of its name. */
export async function contextEndpoint(name: string, surroundings: Surroundings): Promise<Endpoint> {
  const id = createHash("sha256").update(name).digest("hex");
  const directory = `${dockerDirectory(surroundings)}/contexts`;
  const meta = await readJson(`${directory}/meta/${id}/meta.json`);
  const host = hostOfContext(meta);
  if (host === undefined) {
    throw new SandboxError("engine_unavailable", `There is no docker context "${name}" with an engine.`, {
      hint: "See `docker context ls`.",
    });
  }
  const certPath = `${directory}/tls/${id}/docker`;
  const hasCertificates = await readFile(`${certPath}/ca.pem`).then(
    () => true,
    () => false,
  );
  return parseHost(host, hasCertificates ? certPath : undefined);
}

function hostOfContext(meta: Record<string, unknown> | undefined): string | undefined {
  const endpoints = meta?.Endpoints as { docker?: { Host?: unknown } } | undefined;
  const host = endpoints?.docker?.Host;
  return typeof host === "string" && host !== "" ? host : undefined;
}

/** Undefined where there is no such file. */
async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SandboxError("engine_unavailable", `Docker's configuration cannot be read: ${path}`, {
      cause: error,
    });
  }
}
