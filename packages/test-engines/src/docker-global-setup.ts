/** For "globalSetup" in vitest's configuration: the run's tests find their engine by `dockerOfRun`. */
export { setUpDocker as default } from "./engine-of-run.js";
