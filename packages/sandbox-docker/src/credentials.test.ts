import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { storedCredentials } from "./credentials.js";
import type { Surroundings } from "./endpoint.js";

let home: string;
let surroundings: Surroundings;
const path = process.env.PATH;
const { signal } = new AbortController();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "docker-credentials-"));
  surroundings = { platform: "linux", home, environment: {} };
  await mkdir(join(home, ".docker"));
  process.env.PATH = `${home}:${path}`;
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(home, { recursive: true });
});

const configure = (config: unknown) => writeFile(join(home, ".docker/config.json"), JSON.stringify(config));

async function installHelper(name: string, script: string): Promise<void> {
  const file = join(home, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

it("has nothing where nothing is stored", async () => {
  expect(await storedCredentials("docker.io", surroundings, signal)).toBeUndefined();
  await configure({ auths: { "ghcr.io": {} } });
  expect(await storedCredentials("ghcr.io", surroundings, signal)).toBeUndefined();
});

it("reads what docker login stored, Docker Hub under its old name", async () => {
  const auth = Buffer.from("me:pass:word").toString("base64");
  await configure({ auths: { "https://index.docker.io/v1/": { auth } } });
  expect(await storedCredentials("docker.io", surroundings, signal)).toEqual({
    username: "me",
    password: "pass:word",
    serverAddress: "https://index.docker.io/v1/",
  });
});

it("asks the helper of the registry before the one for all", async () => {
  await installHelper("all", "exit 1");
  await installHelper("one", `read -r key; printf '{"Username":"%s","Secret":"s"}' "$key"`);
  await configure({ credsStore: "all", credHelpers: { "ghcr.io": "one" } });
  expect(await storedCredentials("ghcr.io", surroundings, signal)).toMatchObject({
    username: "ghcr.io",
    password: "s",
  });
});

it("takes a token from a helper", async () => {
  await installHelper("all", `echo '{"Username":"<token>","Secret":"t"}'`);
  await configure({ credsStore: "all" });
  expect(await storedCredentials("ghcr.io", surroundings, signal)).toMatchObject({ identityToken: "t" });
});

it("takes a helper's word that it has nothing", async () => {
  await installHelper("all", "echo 'credentials not found in native keychain'; exit 1");
  await configure({ credsStore: "all" });
  expect(await storedCredentials("docker.io", surroundings, signal)).toBeUndefined();
});

it.each(["echo 'the keychain is locked'; exit 1", undefined])("says that a helper failed", async (script) => {
  if (script) await installHelper("all", script);
  await configure({ credsStore: "all" });
  await expect(storedCredentials("docker.io", surroundings, signal)).rejects.toMatchObject({
    code: "permission_denied",
    message: expect.stringContaining("docker-credential-all"),
  });
});
