import { readFile } from "node:fs/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { type Endpoint, formatEndpoint } from "./endpoint.js";

/** Where requests go, as Node's own requests take it. */
export interface Address {
  readonly protocol: "http:" | "https:";
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Reads the certificates, where there are any, and connects to nothing. */
export async function addressOf(endpoint: Endpoint): Promise<Address> {
  if (endpoint.kind === "socket") return { protocol: "http:", socketPath: endpoint.path };
  const { host, port, tls } = endpoint;
  if (typeof tls !== "string") return { protocol: tls ? "https:" : "http:", host, port };
  const read = (name: string) => readFile(`${tls}/${name}.pem`);
  const [ca, cert, key] = await Promise.all([read("ca"), read("cert"), read("key")]).catch((cause) => {
    throw new SandboxError(
      "engine_unavailable",
      `The certificates for ${formatEndpoint(endpoint)} are missing.`,
      { cause, hint: `Put ca.pem, cert.pem and key.pem into ${tls}.` },
    );
  });
  return { protocol: "https:", host, port, ca, cert, key };
}
