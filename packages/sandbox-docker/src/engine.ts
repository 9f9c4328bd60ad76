import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { SandboxError, type TerminalSize } from "@nanoclaw/sandbox/adapter";
import { type Address, addressOf } from "./address.js";
import type {
  Created,
  InspectedContainer,
  InspectedExec,
  InspectedImage,
  ListedContainer,
} from "./answers.js";
import { type Endpoint, formatEndpoint } from "./endpoint.js";
import type { EngineFacts } from "./facts.js";
import { refused, unreachable } from "./failures.js";
import { askJson, type EngineCall, openStream, RefusedRequest, takeConnection, tell } from "./request.js";
import type { EngineStats } from "./stats.js";

/**
 * The way to one engine, and every call that is made of it: the only file that speaks to it. Every failure comes
 * out as a `SandboxError`, and every call rejects with the signal's reason as soon as that is aborted.
 */
export class Engine {
  readonly endpoint: Endpoint;
  readonly #address: Address;

  private constructor(endpoint: Endpoint, address: Address) {
    this.endpoint = endpoint;
    this.#address = address;
  }

  /** Connects to nothing yet. */
  static async at(endpoint: Endpoint): Promise<Engine> {
    return new Engine(endpoint, await addressOf(endpoint));
  }

  version(signal: AbortSignal): Promise<EngineFacts["version"]> {
    return this.#ask({ method: "GET", path: "/version" }, signal);
  }

  info(signal: AbortSignal): Promise<EngineFacts["info"]> {
    return this.#ask({ method: "GET", path: "/info" }, signal);
  }

  inspectImage(reference: string, signal: AbortSignal): Promise<InspectedImage> {
    return this.#ask({ method: "GET", path: `/images/${encodeURI(reference)}/json` }, signal);
  }

  /** Lines of JSON, while the image is being pulled. `auth` is in the engine's own spelling. */
  pullImage(
    image: { readonly fromImage: string; readonly tag: string; readonly platform?: string },
    auth: object | undefined,
    signal: AbortSignal,
  ): Promise<Readable> {
    // Its alphabet is the one for addresses, with the padding.
    const encode = (value: object) =>
      Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    const headers = auth && { "X-Registry-Auth": encode(auth) };
    return this.#open({ method: "POST", path: "/images/create", query: image, headers }, signal);
  }

  /** Lines of JSON, while the image is being built from a tar. */
  buildImage(
    context: Readable,
    image: { readonly t: string; readonly labels: string; readonly platform?: string },
    signal: AbortSignal,
  ): Promise<Readable> {
    const query = { ...image, rm: "1", forcerm: "1" };
    return this.#open({ method: "POST", path: "/build", query, body: context }, signal);
  }

  tagImage(image: string, repository: string, tag: string, signal: AbortSignal): Promise<void> {
    const query = { repo: repository, tag };
    return this.#tell({ method: "POST", path: `/images/${encodeURI(image)}/tag`, query }, signal);
  }

  /** Takes a name away, and the image with its last one. */
  removeImage(name: string, signal: AbortSignal): Promise<void> {
    return this.#tell({ method: "DELETE", path: `/images/${encodeURI(name)}` }, signal);
  }

  createContainer(
    name: string,
    platform: string | undefined,
    body: object,
    signal: AbortSignal,
  ): Promise<Created> {
    return this.#ask({ method: "POST", path: "/containers/create", query: { name, platform }, body }, signal);
  }

  startContainer(id: string, signal: AbortSignal): Promise<void> {
    return this.#tell({ method: "POST", path: `${pathOf(id)}/start` }, signal);
  }

  /** Attaches to the three streams of a container that has not been started. */
  attach(id: string, signal: AbortSignal): Promise<Socket> {
    const query = { stream: "1", stdin: "1", stdout: "1", stderr: "1" };
    return this.#take({ method: "POST", path: `${pathOf(id)}/attach`, query }, signal);
  }

  inspectContainer(id: string, signal: AbortSignal): Promise<InspectedContainer> {
    return this.#ask({ method: "GET", path: `${pathOf(id)}/json` }, signal);
  }

  /** All that carry a label, `key=value`, whatever their state. */
  listContainers(label: string, signal: AbortSignal): Promise<ListedContainer[]> {
    const query = { all: "1", filters: JSON.stringify({ label: [label] }) };
    return this.#ask({ method: "GET", path: "/containers/json", query }, signal);
  }

  /** By force, with its anonymous volumes. */
  removeContainer(id: string, signal: AbortSignal): Promise<void> {
    return this.#tell({ method: "DELETE", path: pathOf(id), query: { force: "1", v: "1" } }, signal);
  }

  stats(id: string, signal: AbortSignal): Promise<EngineStats> {
    // Without the second sample, for which the engine would wait a second.
    const query = { stream: "0", "one-shot": "1" };
    return this.#ask({ method: "GET", path: `${pathOf(id)}/stats`, query }, signal);
  }

  /** Lines of JSON, from the engine's first event on. It goes on after the last. */
  events(id: string, names: readonly string[], signal: AbortSignal): Promise<Readable> {
    const query = { since: "1", filters: JSON.stringify({ container: [id], event: names }) };
    return this.#open({ method: "GET", path: "/events", query }, signal);
  }

  /** Unpacks a tar into a directory. A directory is never replaced by a file or the other way round. */
  putArchive(id: string, directory: string, tar: Readable, signal: AbortSignal): Promise<void> {
    const query = { path: directory, noOverwriteDirNonDir: "1" };
    return this.#tell({ method: "PUT", path: `${pathOf(id)}/archive`, query, body: tar }, signal);
  }

  /** A tar of a file or directory. */
  getArchive(id: string, path: string, signal: AbortSignal): Promise<Readable> {
    return this.#open({ method: "GET", path: `${pathOf(id)}/archive`, query: { path } }, signal);
  }

  createExec(container: string, body: object, signal: AbortSignal): Promise<{ readonly Id: string }> {
    return this.#ask({ method: "POST", path: `${pathOf(container)}/exec`, body }, signal);
  }

  /** Starts what `createExec` has prepared, attached to its streams. */
  startExec(id: string, tty: TerminalSize | undefined, signal: AbortSignal): Promise<Socket> {
    const terminal = tty ? { Tty: true, ConsoleSize: [tty.rows, tty.columns] } : { Tty: false };
    const body = { Detach: false, ...terminal };
    return this.#take({ method: "POST", path: `${execPathOf(id)}/start`, body }, signal);
  }

  inspectExec(id: string, signal: AbortSignal): Promise<InspectedExec> {
    return this.#ask({ method: "GET", path: `${execPathOf(id)}/json` }, signal);
  }

  resizeExec(id: string, { columns, rows }: TerminalSize, signal: AbortSignal): Promise<void> {
    const query = { w: String(columns), h: String(rows) };
    return this.#tell({ method: "POST", path: `${execPathOf(id)}/resize`, query }, signal);
  }

  #ask<T>(call: EngineCall, signal: AbortSignal): Promise<T> {
    return this.#settle(signal, (own) => askJson(this.#address, call, own) as Promise<T>);
  }

  #tell(call: EngineCall, signal: AbortSignal): Promise<void> {
    return this.#settle(signal, (own) => tell(this.#address, call, own));
  }

  #open(call: EngineCall, signal: AbortSignal): Promise<Readable> {
    return this.#settle(signal, (own) => openStream(this.#address, call, own));
  }

  async #take(call: EngineCall, signal: AbortSignal): Promise<Socket> {
    const socket = await this.#settle(signal, (own) => takeConnection(this.#address, call, own));
    if (socket) return socket;
    const where = formatEndpoint(this.endpoint);
    throw new SandboxError("adapter_fault", `The engine at ${where} did not hand over a connection.`);
  }

  /** Waits for an answer or the abort, whichever comes first. What comes too late is closed. */
  #settle<T>(signal: AbortSignal, make: (own: AbortSignal) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      // Of its own: what is opened outlives the call, and its reader has other reasons to close it.
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
          own.abort();
          reject(this.failure(error));
        },
      );
    });
  }

  /** What a request failed with, in the words of the contract. */
  failure(error: unknown): SandboxError {
    if (SandboxError.is(error)) return error;
    if (error instanceof RefusedRequest) return refused(error, { cause: error });
    return unreachable(error as NodeJS.ErrnoException, formatEndpoint(this.endpoint));
  }
}

/** The status of an answer that refused; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const { cause } = error as Error;
  return cause instanceof RefusedRequest ? cause.status : undefined;
}

const pathOf = (container: string): string => `/containers/${encodeURIComponent(container)}`;
const execPathOf = (id: string): string => `/exec/${encodeURIComponent(id)}`;
