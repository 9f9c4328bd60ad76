import { readFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";

/** A client for the engine behind an address as its adapter reports it. Making it does not connect. */
export function connect(endpoint: string): Docker {
  const [, scheme = "", rest = ""] = /^([a-z]+):\/\/(.*)$/.exec(endpoint) ?? [];
  if (scheme === "unix" || scheme === "npipe") return new Docker({ socketPath: rest });
  const url = new URL(endpoint.replace(/^tcp:/, "http:"));
  const place = { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port || 2375) };
  if (url.protocol !== "https:") return new Docker({ ...place, protocol: "http" });
  const certificates = process.env.DOCKER_CERT_PATH;
  const read = (name: string) =>
    certificates === undefined ? undefined : readFileSync(join(certificates, name));
  return new Docker({
    ...place,
    protocol: "https",
    ca: read("ca.pem"),
    cert: read("cert.pem"),
    key: read("key.pem"),
  });
}
