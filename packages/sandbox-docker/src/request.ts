import { request as httpRequest, type RequestOptions } from "node:http";
import { text } from "node:stream/consumers";

/** An answer that is no success, in the form in which dockerode's transport tells of it. */
class RefusedRequest extends Error {
  readonly statusCode: number;
  readonly json: unknown;

  constructor(statusCode: number, body: string) {
    super(body);
    this.statusCode = statusCode;
    this.json = parsed(body);
  }
}

/**
 * One request without a body, and its answer as JSON. This is what a removal takes, and the guardian that
 * cleans up after a killed owner does nothing else: it need not wait for dockerode to load.
 */
export async function requestJson(
  options: RequestOptions & { readonly protocol: string },
  signal: AbortSignal,
): Promise<unknown> {
  const request = options.protocol === "https:" ? (await import("node:https")).request : httpRequest;
  return await new Promise((resolve, reject) => {
    const sent = request({ ...options, signal });
    sent.once("error", reject);
    sent.once("response", (response) => {
      text(response).then((body) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(parsed(body));
        else reject(new RefusedRequest(status, body));
      }, reject);
    });
    sent.end();
  });
}

/** Undefined for what is no JSON, such as nothing at all. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
