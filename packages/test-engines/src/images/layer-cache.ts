import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { whyNoTestImages } from "../prerequisites.js";
import { withFileLock } from "./file-lock.js";
import { type LayerName, layerRecipes } from "./layers.js";
import { runProgram } from "./run-program.js";

const ABANDONED_AGE_MS = 10 * 60_000;

/** A layer as a tar file. */
export interface Layer {
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 of the tar file, in hexadecimal. */
  readonly digest: string;
}

/** `$XDG_CACHE_HOME/nanoclaw-sandbox-tests`, or the same below `~/.cache`. */
function defaultCacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "nanoclaw-sandbox-tests");
}

/**
 * Gives these layers from the cache and builds those that it lacks; Debian's takes about ten seconds. Processes that
 * want the same at once wait for the one that builds.
 *
 * @throws When one must be built and cannot be here, with the sentence of `whyNoTestImages`.
 */
export async function getLayers(
  names: readonly LayerName[],
  cacheDirectory = defaultCacheDirectory(),
): Promise<Map<LayerName, Layer>> {
  const layers = new Map<LayerName, Layer>();
  for (const name of names) {
    layers.set(name, readLayer(name, cacheDirectory) ?? (await buildUnderLock(name, cacheDirectory)));
  }
  return layers;
}

function keyOf(name: LayerName): string {
  const { revision, inputs } = layerRecipes[name];
  return `${name}-${createHash("sha256").update(`${revision}\n${inputs()}`).digest("hex").slice(0, 16)}`;
}

function readLayer(name: LayerName, cacheDirectory: string): Layer | undefined {
  const path = join(cacheDirectory, `${keyOf(name)}.tar`);
  if (!existsSync(path)) return undefined;
  return { path, sizeBytes: statSync(path).size, digest: readFileSync(`${path}.sha256`, "utf8") };
}

async function buildUnderLock(name: LayerName, cacheDirectory: string): Promise<Layer> {
  const reason = whyNoTestImages();
  if (reason !== undefined) throw new Error(reason);
  mkdirSync(cacheDirectory, { recursive: true });
  return await withFileLock(join(cacheDirectory, "lock"), async () => {
    const present = readLayer(name, cacheDirectory);
    if (present !== undefined) return present;
    removeAbandonedBuilds(cacheDirectory);
    const workplace = mkdtempSync(join(cacheDirectory, "build-"));
    try {
      return await build(name, cacheDirectory, workplace);
    } finally {
      rmSync(workplace, { recursive: true, force: true });
    }
  });
}

/** A builder that was killed leaves its directory, and programs that go on in it for a while. */
function removeAbandonedBuilds(cacheDirectory: string): void {
  for (const name of readdirSync(cacheDirectory)) {
    const path = join(cacheDirectory, name);
    if (name.startsWith("build-") && Date.now() - statSync(path).mtimeMs > ABANDONED_AGE_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

async function build(name: LayerName, cacheDirectory: string, workplace: string): Promise<Layer> {
  const directory = join(workplace, name);
  mkdirSync(directory);
  const unpackDebian = async () => {
    const base = join(workplace, "base");
    const debian = readLayer("debian", cacheDirectory) ?? (await build("debian", cacheDirectory, workplace));
    mkdirSync(base, { recursive: true });
    await runProgram("tar", ["-xf", debian.path, "-C", base]);
    return base;
  };
  await layerRecipes[name].build(directory, unpackDebian);

  const draft = join(workplace, `${name}.tar`);
  await runProgram("tar", ["-C", directory, "--sort=name", "--numeric-owner", "-cf", draft, "."]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(draft), hash);
  const path = join(cacheDirectory, `${keyOf(name)}.tar`);
  // The tar file comes last: where it is, the other is too.
  writeFileSync(`${draft}.sha256`, hash.digest("hex"));
  renameSync(`${draft}.sha256`, `${path}.sha256`);
  renameSync(draft, path);
  const layer = readLayer(name, cacheDirectory);
  if (layer === undefined) throw new Error(`${path} is not there after it was built`);
  return layer;
}
