import { askEngineForJson } from "./engine/api.js";
import { startDockerEngine } from "./engine/docker-engine.js";
import type { TestEngine } from "./engine/engine.js";
import { startPodmanEngine } from "./engine/podman-engine.js";
import { importImages } from "./images/import-images.js";
import { DEFAULT_IMAGES, type TestImageName } from "./images/test-images.js";

export interface SharedEngineOptions {
  /** What the engine has when this returns. Default: all images but `node`. */
  readonly images?: readonly TestImageName[];
}

/** An engine for a whole run of tests: one that was there already, or one started for it. */
export interface SharedEngine extends AsyncDisposable {
  /** `unix://` and the path of its socket. */
  readonly dockerHost: string;
  /** Ends the engine when it was started by this process, and leaves any other alone. */
  stop(): Promise<void>;
}

/** The engine that `NANOCLAW_TEST_DOCKER_HOST` names, else a private Docker engine of its own; with images. */
export function sharedDockerEngine(options: SharedEngineOptions = {}): Promise<SharedEngine> {
  return share("NANOCLAW_TEST_DOCKER_HOST", startDockerEngine, options);
}

/** The engine that `NANOCLAW_TEST_PODMAN_HOST` names, else a private Podman engine of its own; with images. */
export function sharedPodmanEngine(options: SharedEngineOptions = {}): Promise<SharedEngine> {
  return share("NANOCLAW_TEST_PODMAN_HOST", startPodmanEngine, options);
}

async function share(
  variable: string,
  start: () => Promise<TestEngine>,
  { images = DEFAULT_IMAGES }: SharedEngineOptions,
): Promise<SharedEngine> {
  const given = process.env[variable];
  if (given === undefined || given === "") {
    const engine = await start();
    try {
      await engine.importAll(images);
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return engine;
  }
  if (!given.startsWith("unix:///"))
    throw new Error(`${variable} must be a unix:// address, and is "${given}"`);
  const socketPath = given.slice("unix://".length);
  await askEngineForJson(socketPath, "/version", 10_000).catch((cause) => {
    throw new Error(`No engine answers at ${variable}=${given}`, { cause });
  });
  await importImages(socketPath, images);
  const stop = async () => undefined;
  return { dockerHost: given, stop, [Symbol.asyncDispose]: stop };
}
