import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SystemFailure } from "../failures.js";
import { copyMachine, moveInto } from "./copy.js";
import { faultStrikes } from "./faults.js";
import type { TartHome } from "./home.js";
import { delay } from "./interruption.js";
import { hold, type Lock, waitFor } from "./locks.js";
import { cachePath, findCached, linkTag } from "./oci-cache.js";
import { resolve } from "./registry.js";
import type { RemoteName } from "./remote-name.js";
import type { VmDirectory } from "./vm-directory.js";

/** Brings an image into the cache, and tells on stdout how far it is. */
export async function pullImage(home: TartHome, name: RemoteName): Promise<VmDirectory> {
  tell("pulling manifest...");
  const { digest, directory } = resolve(home, name);
  const cached = { ...name, reference: digest };
  const lock = await lockHost(home, name.host);
  try {
    // Another process may have brought it while this one waited.
    if (findCached(home, cached) === undefined) await download(home, directory, cachePath(home, cached));
    linkTag(home, name, digest);
  } finally {
    lock.release();
  }
  const image = findCached(home, cached);
  if (image === undefined) throw new Error(`${digest} was deleted while it was pulled`);
  image.touch();
  return image;
}

async function lockHost(home: TartHome, host: string): Promise<Lock> {
  const path = join(home.ociCache, host);
  mkdirSync(path, { recursive: true });
  const lock = await hold(path);
  if (lock !== undefined) return lock;
  tell("waiting for lock...");
  return waitFor(path, home.interrupted);
}

async function download(home: TartHome, image: VmDirectory, target: string): Promise<void> {
  tell(`pulling disk (${(image.allocatedSize / 1e9).toFixed(1)} GB compressed)...`);
  tell("0%");
  await delay(home.settings.pullMs / 2, home.interrupted);
  const temporary = await copyMachine({ ...home, settings: { ...home.settings, cloneMs: 0 } }, image);
  try {
    tell("50%");
    if (faultStrikes(home, "registry")) throw connectionLost();
    await delay(home.settings.pullMs / 2, home.interrupted);
    tell("100%");
    tell("pulling NVRAM...");
  } catch (error) {
    rmSync(temporary.directory.path, { recursive: true });
    throw error;
  }
  await moveInto(home, temporary, target);
}

function connectionLost(): SystemFailure {
  return new SystemFailure(
    'Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost." UserInfo={}',
  );
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
