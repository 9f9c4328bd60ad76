export { startDockerEngine } from "./engine/docker-engine.js";
export type { EngineOptions, TestEngine } from "./engine/engine.js";
export { sweepLeftovers } from "./engine/leftovers.js";
export { startPodmanEngine } from "./engine/podman-engine.js";
export { dockerOfRun, type EngineOfRun, podmanOfRun } from "./engine-of-run.js";
export { importImages } from "./images/import-images.js";
export { DEFAULT_IMAGES, type TestImage, type TestImageName, testImages } from "./images/test-images.js";
export { unpackImage } from "./images/unpack-image.js";
export { type OwnerProcess, type OwnerProcessOptions, startOwnerProcess } from "./owner-process.js";
export { whyNoBubblewrap, whyNoDocker, whyNoPodman, whyNoTestImages } from "./prerequisites.js";
export { type ProcessEntry, processesContaining, processTableContains } from "./process-table.js";
export {
  type SharedEngine,
  type SharedEngineOptions,
  sharedDockerEngine,
  sharedPodmanEngine,
} from "./shared-engine.js";
export { waitUntilGone } from "./wait-until-gone.js";
