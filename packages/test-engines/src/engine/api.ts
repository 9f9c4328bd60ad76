import { request as httpRequest } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

export interface ApiAnswer {
  readonly status: number;
  readonly bytes: Buffer;
  /** The same as text. */
  readonly body: string;
}

export interface ApiRequest {
  readonly method?: string;
  readonly body?: Readable;
  readonly contentType?: string;
  /** Milliseconds of silence after which it fails. Default: 60 000. */
  readonly timeoutMs?: number;
}

/** One request of the Docker Engine API. A status of any kind is an answer; no answer rejects. */
export async function askEngine(
  socketPath: string,
  path: string,
  options: ApiRequest = {},
): Promise<ApiAnswer> {
  const request = httpRequest({
    socketPath,
    path,
    method: options.method ?? "GET",
    headers: {
      host: "docker",
      ...(options.body && { "content-type": options.contentType ?? "application/x-tar" }),
    },
    // The agent would keep connections open after the engine's end.
    agent: false,
    timeout: options.timeoutMs ?? 60_000,
  });
  request.on("timeout", () => request.destroy(new Error(`${path}: no answer from ${socketPath}`)));
  const answer = new Promise<ApiAnswer>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      buffer(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, bytes, body: bytes.toString("utf8") });
      }, reject);
    });
  });
  if (options.body === undefined) {
    request.end();
    return await answer;
  }
  const [result] = await Promise.all([answer, pipeline(options.body, request)]);
  return result;
}

/** The JSON of an answer with status 200. */
export async function askEngineForJson(
  socketPath: string,
  path: string,
  timeoutMs?: number,
): Promise<unknown> {
  const { status, body } = await askEngine(socketPath, path, { timeoutMs });
  if (status !== 200) throw new Error(`${path}: status ${status}: ${body}`);
  return JSON.parse(body);
}
