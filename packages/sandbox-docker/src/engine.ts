import { readFile } from "node:fs/promises";
import { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { SandboxError, type TerminalSize } from "@nanoclaw/sandbox/adapter";
import type Dockerode from "dockerode";
import type { ContainerInspectInfo, DockerOptions } from "dockerode";
import { type Endpoint, formatEndpoint } from "./endpoint.js";
import { refused, unreachable } from "./failures.js";
import { requestJson } from "./request.js";

/** The part of dockerode's transport that its methods stand on. */
interface Transport {
  dial(options: Dial, callback: (error: unknown, answer: unknown) => void): void;
}

interface Dial {
  /** With a question mark at its end if there is a query. */
  readonly path: string;
  readonly options?: { readonly _query: Readonly<Record<string, string>> };
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly file: Buffer;
  readonly statusCodes: Readonly<Record<number, boolean>>;
  readonly hijack?: boolean;
  readonly isStream?: boolean;
  readonly openStdin?: boolean;
  readonly abortSignal: AbortSignal;
}

/** dockerode, with what its types leave out. */
export type Docker = Dockerode & {
  info(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  version(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
};

/** What the engine gave for a container that it made. */
export interface Created {
  readonly Id: string;
  readonly Warnings?: readonly string[] | null;
}

/** The part of an image's description that is read here. */
export interface InspectedImage {
  readonly Id: string;
  readonly Config: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly WorkingDir?: string;
    readonly User?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly RepoDigests?: readonly string[] | null;
}

/** The way to one engine: the only file that speaks to it. Every failure comes out as a `SandboxError`. */
export class Engine {
  readonly endpoint: Endpoint;
  readonly #address: string;
  readonly #connection: Connection;
  #docker: Promise<Docker> | undefined;

  private constructor(endpoint: Endpoint, connection: Connection) {
    this.endpoint = endpoint;
    this.#address = formatEndpoint(endpoint);
    this.#connection = connection;
  }

  /** Connects to nothing yet. */
  static async at(endpoint: Endpoint): Promise<Engine> {
    return new Engine(endpoint, await connectionTo(endpoint));
  }

  /** One call to the engine by dockerode. Rejects with the signal's reason as soon as it is aborted. */
  async call<T>(
    signal: AbortSignal,
    make: (docker: Docker, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const docker = await this.#load();
    return await this.#settle(signal, (own) => make(docker, own));
  }

  inspectContainer(id: string, signal: AbortSignal): Promise<ContainerInspectInfo> {
    return this.#ask(signal, "GET", `/containers/${encodeURIComponent(id)}/json`);
  }

  inspectImage(reference: string, signal: AbortSignal): Promise<InspectedImage> {
    return this.#ask(signal, "GET", `/images/${encodeURI(reference)}/json`);
  }

  /** By force, with its anonymous volumes. */
  removeContainer(id: string, signal: AbortSignal): Promise<void> {
    return this.#ask(signal, "DELETE", `/containers/${encodeURIComponent(id)}?force=1&v=1`);
  }

  #ask<T>(signal: AbortSignal, method: string, path: string): Promise<T> {
    const { protocol, ...address } = this.#connection;
    const options = { ...address, protocol: `${protocol}:`, method, path };
    return this.#settle(signal, (own) => requestJson(options, own) as Promise<T>);
  }

  /** dockerode takes a tenth of a second to load: not before it is needed. */
  #load(): Promise<Docker> {
    this.#docker ??= import("dockerode").then(({ default: Client }) => {
      // All of these are named, also what is not used: the transport would take it from the environment.
      const unused = { socketPath: undefined, host: undefined, port: undefined, timeout: undefined };
      const none = { ca: undefined, cert: undefined, key: undefined, pathPrefix: undefined };
      return new Client({ ...unused, ...none, ...this.#connection } as DockerOptions) as Docker;
    });
    return this.#docker;
  }

  /**
   * Creates a container. Not by dockerode's own method: that writes the whole body into the URL as well, and
   * drops the engine's warnings.
   */
  createContainer(
    name: string,
    platform: string | undefined,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Created> {
    return this.#post<Created>(signal, body, {
      path: "/containers/create?",
      options: { _query: { name, ...(platform ? { platform } : {}) } },
      statusCodes: { 200: true, 201: true },
    });
  }

  /**
   * Attaches to the three streams of a container that has not been started. Not by dockerode's own method:
   * that sends its options as a body too, which Podman passes on to the container's standard input.
   */
  attach(id: string, signal: AbortSignal): Promise<Socket> {
    return this.#hijack(signal, undefined, {
      path: `/containers/${encodeURIComponent(id)}/attach?`,
      options: { _query: { stream: "1", stdin: "1", stdout: "1", stderr: "1" } },
    });
  }

  /** Starts what `exec` has prepared, attached to its streams. */
  startExec(id: string, tty: TerminalSize | undefined, signal: AbortSignal): Promise<Socket> {
    const terminal = tty ? { Tty: true, ConsoleSize: [tty.rows, tty.columns] } : { Tty: false };
    return this.#hijack(
      signal,
      { Detach: false, ...terminal },
      { path: `/exec/${encodeURIComponent(id)}/start` },
    );
  }

  async #hijack(signal: AbortSignal, body: unknown, to: Pick<Dial, "path" | "options">): Promise<Socket> {
    const stream = await this.#post<Duplex>(signal, body, {
      ...to,
      statusCodes: {},
      hijack: true,
      isStream: true,
      openStdin: true,
    });
    if (stream instanceof Socket) return stream;
    stream.destroy();
    throw new SandboxError("adapter_fault", `The engine at ${this.#address} did not hand over a connection.`);
  }

  async #post<T>(
    signal: AbortSignal,
    body: unknown,
    to: Omit<Dial, "method" | "headers" | "file" | "abortSignal">,
  ): Promise<T> {
    const { modem } = (await this.#load()) as unknown as { modem: Transport };
    return await this.#settle<T>(
      signal,
      (own) =>
        new Promise((resolve, reject) => {
          const options = {
            ...to,
            method: "POST",
            headers: { "Content-Type": body === undefined ? "text/plain" : "application/json" },
            // Bytes make the transport announce their length, none of them too. Without a length it would send
            // the body in chunks, and the last of these would reach the process as input.
            file: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
            abortSignal: own,
          };
          modem.dial(options, (error, answer) => (error ? reject(error) : resolve(answer as T)));
        }),
    );
  }

  /** Waits for an answer or the abort, whichever comes first. What comes too late is closed. */
  #settle<T>(signal: AbortSignal, make: (own: AbortSignal) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      // Of its own: the transport leaves listeners behind, and a refused request for a connection open.
      const own = new AbortController();
      const abort = () => {
        own.abort(signal.reason);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      make(own.signal).then(
        (answer) => {
          signal.removeEventListener("abort", abort);
          if (signal.aborted) (answer as Partial<Readable> | null | undefined)?.destroy?.();
          resolve(answer);
        },
        (error) => {
          signal.removeEventListener("abort", abort);
          // Podman answers some calls by another success than the one that the transport knows.
          if (isSuccess(error)) return resolve(error.json as T);
          own.abort();
          reject(this.failure(error));
        },
      );
    });
  }

  /** What the transport failed with, in the words of the contract. */
  failure(error: unknown): SandboxError {
    if (SandboxError.is(error)) return error;
    const { statusCode } = error as Partial<TransportError>;
    if (statusCode === undefined) return unreachable(error as NodeJS.ErrnoException, this.#address);
    return refused({ status: statusCode, message: messageOf(error as TransportError) }, { cause: error });
  }
}

/** What the transport rejects with when the engine refuses. */
interface TransportError extends Error {
  readonly statusCode: number;
  /** The transport's own name for the status, which may be about something else than the engine's words. */
  readonly reason?: string;
  readonly json?: { readonly message?: string } | null;
}

/** The engine's own words, which for an answer that would be a stream are only in the transport's message. */
function messageOf({ json, message, statusCode, reason }: TransportError): string {
  if (typeof json?.message === "string") return json.message;
  const prefix = `(HTTP code ${statusCode}) ${reason ?? "unexpected"} - `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

function isSuccess(error: unknown): error is { readonly json: unknown } {
  const status = (error as { statusCode?: number } | null | undefined)?.statusCode;
  return status !== undefined && status >= 200 && status < 300;
}

/** The status of an answer that refused; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return ((error as Error).cause as { statusCode?: number } | undefined)?.statusCode;
}

/** For dockerode and for Node's own requests alike. */
interface Connection {
  readonly protocol: "http" | "https";
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

async function connectionTo(endpoint: Endpoint): Promise<Connection> {
  if (endpoint.kind === "socket") return { protocol: "http", socketPath: endpoint.path };
  const { host, port, tls } = endpoint;
  if (typeof tls !== "string") return { protocol: tls ? "https" : "http", host, port };
  const read = (name: string) => readFile(`${tls}/${name}.pem`);
  const [ca, cert, key] = await Promise.all([read("ca"), read("cert"), read("key")]).catch((cause) => {
    throw new SandboxError(
      "engine_unavailable",
      `The certificates for ${formatEndpoint(endpoint)} are missing.`,
      { cause, hint: `Put ca.pem, cert.pem and key.pem into ${tls}.` },
    );
  });
  return { protocol: "https", host, port, ca, cert, key };
}
