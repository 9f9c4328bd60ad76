import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { dockerOfRun } from "@nanoclaw/test-engines";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DockerOptions, docker } from "../src/index.js";
import { context, installation, readAll, request } from "./engines.js";

const { dockerHost, reason } = dockerOfRun();
const openssl = whyNoOpenssl();
if (openssl !== undefined) console.warn(`SKIPPED: an engine behind TLS: ${openssl}`);

function whyNoOpenssl(): string | undefined {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "the program openssl is missing (apt-get install openssl)";
  }
}

/** A key and a certificate for each side, signed by one authority. */
function makeCertificates(directory: string): void {
  const script = `
    set -e
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca-key.pem -out ca.pem
    for side in server client; do
      if [ $side = server ]; then prefix=server-; else prefix=; fi
      openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout \${prefix}key.pem -out $side.csr
      echo subjectAltName=DNS:localhost,IP:127.0.0.1 >$side.ext
      openssl x509 -req -in $side.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile $side.ext -out \${prefix}cert.pem
    done`;
  execFileSync("/bin/sh", ["-c", script], { cwd: directory, stdio: "pipe" });
}

describe.skipIf(reason !== undefined)("an engine", () => {
  const servers: Server[] = [];
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "docker-tcp-"));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
    await rm(directory, { recursive: true });
  });

  /** Passes a connection on to the engine's own socket, each direction with an end of its own. */
  function forward(client: Socket): void {
    const engine = connect({ path: dockerHost?.replace("unix://", "") ?? "", allowHalfOpen: true });
    client.pipe(engine);
    engine.pipe(client);
    client.on("error", () => engine.destroy());
    engine.on("error", () => client.destroy());
    client.on("close", () => engine.destroy());
  }

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  async function expectWholeLife(options: DockerOptions): Promise<void> {
    const provider = docker(options);
    const main = ["/bin/sh", "-c", "cat; echo after; exit 4"];
    const driver = await provider.create(request({ mainCommand: main }), context);
    driver.main?.stdin.end("before ");
    expect(await readAll(driver.main as never)).toEqual({ stdout: "before after\n", stderr: "" });
    expect(await driver.main?.exited).toEqual({ exitCode: 4, signal: null });
    await driver.destroy(context);
    expect(await provider.list(installation, context)).toEqual([]);
  }

  it("behind TCP", { tags: ["thorough"] }, async () => {
    const port = await listen(createServer({ allowHalfOpen: true }, forward));
    await expectWholeLife({ host: `tcp://127.0.0.1:${port}` });
  });

  it.skipIf(openssl !== undefined)("behind TLS that asks for a certificate", async () => {
    makeCertificates(directory);
    const [ca, cert, key] = await Promise.all(
      ["ca.pem", "server-cert.pem", "server-key.pem"].map((name) => readFile(join(directory, name))),
    );
    const options = { ca, cert, key, requestCert: true, rejectUnauthorized: true, allowHalfOpen: true };
    const port = await listen(createTlsServer(options, forward));
    const host = `tcp://localhost:${port}`;
    await expectWholeLife({ host, certPath: directory });
    await expect(docker({ host }).list("x", context)).rejects.toMatchObject({ code: "engine_unavailable" });
    await expect(
      docker({ host, certPath: join(directory, "nowhere") }).list("x", context),
    ).rejects.toMatchObject({ code: "engine_unavailable", hint: expect.stringContaining("ca.pem") });
  });

  it("on another machine gives no mounts and ports of this one", async () => {
    const provider = docker({ host: "tcp://192.0.2.1:2375" });
    const mounts = [{ source: "/etc", target: "/x", readOnly: true }];
    const expected = { code: "unsupported" };
    await expect(provider.create(request({ mounts }), context)).rejects.toMatchObject(expected);
    await expect(provider.create(request({ ports: [80], network: "open" }), context)).rejects.toMatchObject(
      expected,
    );
  });
});
