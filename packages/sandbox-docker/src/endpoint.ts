import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** Where an engine listens. */
export type Endpoint =
  | { readonly kind: "socket"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** Directory of `ca.pem`, `cert.pem` and `key.pem`; `true` for TLS by the system's authorities alone. */
      readonly tls: string | boolean;
    };

/** Reads what `DOCKER_HOST` may hold. Throws `invalid_argument`. */
export function parseHost(text: string, certPath?: string): Endpoint {
  const [, scheme, rest] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === "unix" && rest?.startsWith("/")) return { kind: "socket", path: rest };
  if (scheme === "npipe" && rest) return { kind: "socket", path: rest.replaceAll("\\", "/") };
  if (scheme === "ssh") {
    throw new SandboxError("unsupported", `Engines behind SSH cannot be reached directly: ${text}`, {
      hint: `Forward its socket and name that instead: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${rest}`,
    });
  }
  const url = scheme && /^(tcp|http|https)$/.test(scheme) ? parseUrl(text) : undefined;
  if (!url?.hostname || (url.pathname !== "" && url.pathname !== "/")) {
    throw new SandboxError("invalid_argument", `This is not the address of an engine: ${text}`, {
      hint: "Write unix:///path/to/docker.sock or tcp://host:2375.",
    });
  }
  const secure = certPath !== undefined || scheme === "https" || url.port === "2376";
  return {
    kind: "tcp",
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port ? Number(url.port) : secure ? 2376 : 2375,
    tls: certPath ?? secure,
  };
}

function parseUrl(text: string): URL | undefined {
  // A scheme that the parser does not know has no default port, so it keeps the one that is written.
  const url = text.replace(/^[a-z]+:/, "tcp:");
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** As a person would write it, and as `host` of `docker()` reads it. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "socket") {
    return endpoint.path.startsWith("//") ? `npipe://${endpoint.path}` : `unix://${endpoint.path}`;
  }
  const host = endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host;
  return `${endpoint.tls ? "https" : "tcp"}://${host}:${endpoint.port}`;
}

/** Whether the engine sees this machine's files and its loopback is this machine's. */
export function isLocal(endpoint: Endpoint): boolean {
  return endpoint.kind === "socket" || /^(localhost|127(\.\d+){3}|::1)$/.test(endpoint.host);
}

/** What of this process and host decides where engines listen. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The sockets that engines use by default, the likeliest first. */
export function usualSockets({ platform, home, environment }: Surroundings): string[] {
  if (platform === "win32") return ["//./pipe/docker_engine", "//./pipe/podman-machine-default"];
  const runtime = environment.XDG_RUNTIME_DIR;
  const ofUser = [
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    `${home}/.config/colima/default/docker.sock`,
    `${home}/.orbstack/run/docker.sock`,
    `${home}/.rd/docker.sock`,
    ...(runtime ? [`${runtime}/docker.sock`, `${runtime}/podman/podman.sock`] : []),
    `${home}/.local/share/containers/podman/machine/podman.sock`,
  ];
  // What the docker command uses comes first: Docker Desktop, Colima and OrbStack place a link there when asked to.
  return ["/var/run/docker.sock", ...ofUser, "/run/podman/podman.sock"];
}
