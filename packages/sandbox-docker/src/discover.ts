import { connect } from "node:net";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { contextEndpoint, currentContext } from "./docker-config.js";
import { type Endpoint, formatEndpoint, parseHost, type Surroundings, usualSockets } from "./endpoint.js";

export interface EngineChoice {
  readonly host?: string;
  readonly context?: string;
  readonly certPath?: string;
}

/**
 * Finds the engine: by option, `DOCKER_HOST`, docker context, then the first of the usual sockets that takes a
 * connection. What is named explicitly is taken as it is, reachable or not. Rejects with `engine_unavailable`
 * that lists everything that was tried.
 */
export async function discoverEngine(
  choice: EngineChoice,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Endpoint> {
  const { environment } = surroundings;
  const certPath = choice.certPath ?? (environment.DOCKER_CERT_PATH || undefined);
  if (choice.host !== undefined) return parseHost(choice.host, certPath);
  if (choice.context !== undefined) return contextEndpoint(choice.context, surroundings);
  if (environment.DOCKER_HOST) return parseHost(environment.DOCKER_HOST, certPath);
  const context = environment.DOCKER_CONTEXT || (await currentContext(surroundings));
  if (context && context !== "default") return contextEndpoint(context, surroundings);

  const tried = ["DOCKER_HOST: not set", "docker context: none in use"];
  let denied = false;
  for (const path of usualSockets(surroundings)) {
    const refusal = await whyNoConnection(path, signal);
    signal.throwIfAborted();
    if (refusal === undefined) return { kind: "socket", path };
    denied ||= refusal === "EACCES";
    tried.push(`${formatEndpoint({ kind: "socket", path })}: ${refusalTexts[refusal] ?? refusal}`);
  }
  throw new SandboxError(
    denied ? "permission_denied" : "engine_unavailable",
    `No container engine was found. Tried:\n${tried.map((line) => `  ${line}`).join("\n")}`,
    {
      hint: denied
        ? "Add yourself to the group that owns the socket (sudo usermod -aG docker $USER) and log in again."
        : "Start Docker, Podman, Colima or OrbStack, or say where the engine listens: docker({ host }).",
    },
  );
}

const refusalTexts: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ECONNREFUSED: "nothing listens there",
  EACCES: "permission denied",
  ENOTSOCK: "not a socket",
};

/** Undefined when something accepts a connection at the socket, else the error's code. */
function whyNoConnection(path: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const abort = () => done("aborted");
    const done = (refusal: string | undefined) => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(refusal);
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => done(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  });
}
