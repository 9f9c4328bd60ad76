import { join } from "node:path";
import { root } from "./run.mjs";

const adapters = { local: "packages/sandbox-local", docker: "packages/sandbox-docker" };
const answerWithinMs = 20_000;

/**
 * Asks each adapter whether its engine is there. The workspace must be built.
 *
 * @returns {Promise<{ name: string, available: boolean, version?: string, endpoint?: string,
 *   problems: { message: string, hint?: string }[] }[]>}
 */
export async function findEngines() {
  const { probeEngine } = await built("packages/sandbox");
  return Promise.all(
    Object.entries(adapters).map(async ([name, directory]) => {
      const adapter = await built(directory);
      return { name, ...(await probeEngine(adapter[name](), { timeoutMs: answerWithinMs })) };
    }),
  );
}

/**
 * A private Docker engine with one small image, to run a command on; undefined, said aloud, where none can be started.
 *
 * @returns {Promise<{ dockerHost: string, image: string, stop(): Promise<void> } | undefined>}
 */
export async function startPrivateDocker(say) {
  const { startDockerEngine, testImages, whyNoDocker, whyNoTestImages } =
    await built("packages/test-engines");
  const reason = whyNoDocker() ?? whyNoTestImages();
  if (reason) {
    say(`   ${reason}`);
    return undefined;
  }
  const engine = await startDockerEngine();
  await engine.importImage("busybox");
  return { dockerHost: engine.dockerHost, image: testImages.busybox.reference, stop: () => engine.stop() };
}

function built(directory) {
  return import(join(root, directory, "dist/index.js"));
}
