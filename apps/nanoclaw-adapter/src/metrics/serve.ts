import { createServer, type Server } from "node:http";
import { SandboxError } from "@nanoclaw/sandbox";
import { prometheusType } from "./prometheus.js";

export interface Address {
  readonly host: string;
  readonly port: number;
}

const loopback: readonly string[] = ["127.0.0.1", "::1", "localhost"];

/** @throws SandboxError `invalid_argument` for what is no address of this machine's own. */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  const port = Number(digits);
  if (loopback.includes(host) && port <= 65_535) return { host, port };
  throw new SandboxError("invalid_argument", `Metrics are not served at ${JSON.stringify(text)}.`, {
    hint: "Write 127.0.0.1:PORT or [::1]:PORT. Nothing asks for a password there, so that other machines are left to a proxy.",
  });
}

/** Serves `GET /metrics`. Whatever goes wrong with one request is told in its answer. */
export async function serveMetrics({ host, port }: Address, text: () => Promise<string>): Promise<Server> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(body);
    if (request.url !== "/metrics") return answer(404, "Metrics are at /metrics.\n");
    if (request.method !== "GET") return answer(405, "Only GET.\n", { allow: "GET" });
    try {
      answer(200, await text(), { "content-type": prometheusType });
    } catch (error) {
      answer(500, `${(error as Error).message}\n`);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new SandboxError("invalid_argument", `${host}:${port} cannot be listened on (${cause.code}).`, {
          cause,
          hint: "Choose another port.",
        }),
      ),
    );
    server.listen({ host, port }, resolve);
  });
  return server;
}
