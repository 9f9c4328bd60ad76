import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode, SystemFailure } from "../failures.js";
import { type Credentials, credentialsFor } from "./credentials.js";
import type { TartHome } from "./home.js";
import { formatRemoteName, isDigest, type RemoteName } from "./remote-name.js";
import { VmDirectory } from "./vm-directory.js";

/** An image that a registry offers. */
export interface RegistryImage {
  readonly digest: string;
  readonly directory: VmDirectory;
}

const digestFile = "emulator-digest";

/** Finds what a name stands for in its registry, as a request for its manifest does. */
export function resolve(home: TartHome, name: RemoteName): RegistryImage {
  const host = join(home.registry, name.host);
  if (!existsSync(host)) {
    throw new SystemFailure(
      `Error Domain=NSURLErrorDomain Code=-1003 "A server with the specified hostname could not be found." UserInfo={NSErrorFailingURLStringKey=https://${name.host}/v2/}`,
    );
  }
  authorise(home, name.host);
  const image = imagesIn(join(host, name.namespace)).find(({ directory, digest }) =>
    isDigest(name.reference) ? digest === name.reference : directory.name === name.reference,
  );
  if (image !== undefined) return image;
  const details = `{\\"errors\\":[{\\"code\\":\\"MANIFEST_UNKNOWN\\",\\"message\\":\\"${formatRemoteName(name)}\\"}]}`;
  throw new SystemFailure(
    `UnexpectedHTTPStatusCode(when: "pulling manifest", code: 404, details: "${details}")`,
  );
}

/** Throws where the registry asks for credentials and those that there are do not fit. */
export function authorise(home: TartHome, host: string): void {
  // They are looked up before it is known whether any are needed.
  if (accepts(home, host, credentialsFor(home, host))) return;
  throw new SystemFailure(
    `AuthFailed(why: "received unexpected HTTP status code 401 while authenticating with ${host}")`,
  );
}

/** Whether a registry is open to all or to these; `credentials.json` in its directory says who. */
export function accepts(home: TartHome, host: string, given: Credentials | undefined): boolean {
  const wanted = readWanted(join(home.registry, host));
  if (wanted === undefined) return true;
  return given?.username === wanted.username && given.password === wanted.password;
}

/** Where a pushed image goes. */
export function registryPath(home: TartHome, { host, namespace, reference }: RemoteName): string {
  return join(home.registry, host, namespace, reference);
}

/** Gives the image in this directory a digest of its own. */
export function writeDigest(directory: VmDirectory, seed: string): string {
  const hash = createHash("sha256").update(seed);
  for (const file of [directory.config, directory.nvram]) hash.update(readFileSync(file));
  const digest = `sha256:${hash.digest("hex")}`;
  writeFileSync(join(directory.path, digestFile), digest);
  return digest;
}

function imagesIn(namespace: string): RegistryImage[] {
  if (!existsSync(namespace)) return [];
  return readdirSync(namespace)
    .map((tag) => new VmDirectory(join(namespace, tag)))
    .filter((directory) => directory.isComplete)
    .map((directory) => ({ directory, digest: digestOf(directory) }));
}

function digestOf(directory: VmDirectory): string {
  try {
    return readFileSync(join(directory.path, digestFile), "utf8");
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
    // An image that somebody put there by hand.
    return writeDigest(directory, realpathSync(directory.path));
  }
}

function readWanted(host: string): Credentials | undefined {
  try {
    return JSON.parse(readFileSync(join(host, "credentials.json"), "utf8"));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
