import { request as httpRequest, type IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { pipeline, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Address } from "./address.js";

export interface EngineCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is a tar, anything else becomes JSON. */
  readonly body?: object;
}

/** An answer that is no success. */
export class RefusedRequest extends Error {
  readonly status: number;

  /** The engine's own words, which it wraps in JSON as a rule. */
  constructor(status: number, body: string) {
    const { message } = (parsed(body) ?? {}) as { message?: unknown };
    super(typeof message === "string" ? message : body);
    this.status = status;
  }
}

/** The whole answer, which must be JSON. */
export async function askJson(address: Address, call: EngineCall, signal: AbortSignal): Promise<unknown> {
  const answer = await succeeded(await send(address, call, signal));
  const body = await text(answer);
  const value = parsed(body);
  // Without an answer nothing is known of what the engine has done, whatever the status.
  if (value === undefined) throw new Error(`It answered something else than JSON: ${body.slice(0, 200)}`);
  return value;
}

/** For calls whose success is all that they tell. */
export async function tell(address: Address, call: EngineCall, signal: AbortSignal): Promise<void> {
  await text(await succeeded(await send(address, call, signal)));
}

/** The answer as it comes. Its reader looks after its end. */
export async function openStream(
  address: Address,
  call: EngineCall,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return await succeeded(await send(address, call, signal));
}

/** The connection itself, which the engine hands over. Undefined when it answers as to any other call. */
export async function takeConnection(
  address: Address,
  call: EngineCall,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  const headers = { ...call.headers, Connection: "Upgrade", Upgrade: "tcp" };
  const answer = await send(address, { ...call, headers }, signal);
  if (answer instanceof Socket) return answer;
  (await succeeded(answer)).destroy();
  return undefined;
}

async function send(
  address: Address,
  call: EngineCall,
  signal: AbortSignal,
): Promise<IncomingMessage | Socket> {
  const { method, body } = call;
  const request = address.protocol === "https:" ? (await import("node:https")).request : httpRequest;
  const isTar = body instanceof Readable;
  const type = isTar ? "application/x-tar" : "application/json";
  const headers = { ...(body && { "Content-Type": type }), ...call.headers };
  return await new Promise((resolve, reject) => {
    const sent = request({ ...address, method, path: pathOf(call), headers, signal });
    sent.once("response", resolve);
    sent.once("upgrade", (_, socket: Socket, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // Always listened to: what goes wrong after the answer shows in the answer.
    sent.on("error", reject);
    if (isTar) {
      // Before the request ends without it, which is only what follows.
      body.once("error", reject);
      pipeline(body, sent, () => undefined);
    } else {
      // In one piece, so that its length is announced, be it 0. A body in chunks would have a last one, which would
      // reach the process as input where the connection is handed over.
      sent.end(body === undefined ? "" : JSON.stringify(body));
    }
  });
}

async function succeeded(answer: IncomingMessage | Socket): Promise<IncomingMessage> {
  if (answer instanceof Socket) {
    answer.destroy();
    throw new Error("It handed over the connection, and was not asked to.");
  }
  const { statusCode: status = 0 } = answer;
  if (status >= 200 && status < 300) return answer;
  throw new RefusedRequest(status, await text(answer));
}

function pathOf({ path, query = {} }: EngineCall): string {
  const parts = Object.entries(query).filter((part): part is [string, string] => part[1] !== undefined);
  return parts.length === 0 ? path : `${path}?${new URLSearchParams(parts)}`;
}

/** Undefined for what is no JSON, such as nothing at all. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
