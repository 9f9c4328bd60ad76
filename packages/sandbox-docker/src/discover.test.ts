import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { discoverEngine } from "./discover.js";
import type { Surroundings } from "./endpoint.js";

let home: string;
let surroundings: Surroundings;
const servers: Server[] = [];
const { signal } = new AbortController();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "docker-discover-"));
  surroundings = { platform: "linux", home, environment: {} };
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true });
});

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), typeof content === "string" ? content : JSON.stringify(content));
}

async function writeContext(name: string, host: string): Promise<string> {
  const id = createHash("sha256").update(name).digest("hex");
  await write(`.docker/contexts/meta/${id}/meta.json`, { Name: name, Endpoints: { docker: { Host: host } } });
  return id;
}

const within = (environment: Surroundings["environment"]) => ({ ...surroundings, environment });

it("takes the option before everything else", async () => {
  await writeContext("other", "unix:///context.sock");
  const there = within({ DOCKER_HOST: "unix:///environment.sock", DOCKER_CONTEXT: "other" });
  expect(await discoverEngine({ host: "unix:///option.sock" }, there, signal)).toEqual({
    kind: "socket",
    path: "/option.sock",
  });
  expect(await discoverEngine({ context: "other" }, there, signal)).toEqual({
    kind: "socket",
    path: "/context.sock",
  });
});

it("takes DOCKER_HOST before the context, with DOCKER_CERT_PATH", async () => {
  await writeContext("other", "unix:///context.sock");
  const environment = {
    DOCKER_HOST: "tcp://engine:1234",
    DOCKER_CERT_PATH: "/certs",
    DOCKER_CONTEXT: "other",
  };
  expect(await discoverEngine({}, within(environment), signal)).toEqual({
    kind: "tcp",
    host: "engine",
    port: 1234,
    tls: "/certs",
  });
});

it("takes DOCKER_CONTEXT before the context in use, and that before the sockets", async () => {
  await writeContext("chosen", "unix:///chosen.sock");
  await writeContext("other", "unix:///other.sock");
  await write(".docker/config.json", { currentContext: "chosen" });
  expect(await discoverEngine({}, surroundings, signal)).toEqual({ kind: "socket", path: "/chosen.sock" });
  expect(await discoverEngine({}, within({ DOCKER_CONTEXT: "other" }), signal)).toEqual({
    kind: "socket",
    path: "/other.sock",
  });
});

it("takes a context's certificates with it", async () => {
  const id = await writeContext("secure", "tcp://engine:1234");
  await write(`.docker/contexts/tls/${id}/docker/ca.pem`, "certificate");
  expect(await discoverEngine({ context: "secure" }, surroundings, signal)).toMatchObject({
    tls: join(home, `.docker/contexts/tls/${id}/docker`),
  });
});

it("finds the first of the usual sockets that takes a connection", async () => {
  await write(".docker/run/docker.sock", "left behind, no socket");
  const path = join(home, ".rd/docker.sock");
  await mkdir(dirname(path));
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // A real engine of this machine, if any, listens at the first of the usual sockets.
  const found = await discoverEngine({}, surroundings, signal);
  expect(["/var/run/docker.sock", path]).toContain("path" in found ? found.path : "");
});

it("tells everything that it tried, and why each was none", async () => {
  const nowhere: Surroundings = { platform: "win32", home, environment: {} };
  await expect(discoverEngine({}, nowhere, signal)).rejects.toMatchObject({
    code: "engine_unavailable",
    message: expect.stringMatching(
      /DOCKER_HOST: not set[\s\S]*docker context: none[\s\S]*npipe:\/\/\/\/\.\/pipe\/docker_engine: no such file/,
    ),
    hint: expect.stringContaining("docker({ host })"),
  });
});

it("says which context does not exist", async () => {
  await expect(discoverEngine({ context: "nowhere" }, surroundings, signal)).rejects.toMatchObject({
    code: "engine_unavailable",
    message: expect.stringContaining('"nowhere"'),
  });
});

it("says which file of Docker's configuration is broken", async () => {
  await write(".docker/config.json", "{");
  await expect(discoverEngine({}, surroundings, signal)).rejects.toMatchObject({
    code: "engine_unavailable",
    message: expect.stringContaining(".docker/config.json"),
  });
});
