/** For "globalSetup" in vitest's configuration: the run's tests find their engine by `podmanOfRun`. */
export { setUpPodman as default } from "./engine-of-run.js";
