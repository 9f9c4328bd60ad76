// Starts an engine with a container in it, says so, and waits for its end.
//   engine-owner.mjs docker|podman PARENT-DIRECTORY
import { startDockerEngine, startPodmanEngine } from "../dist/index.js";

const [kind, parentDirectory] = process.argv.slice(2);
console.log("starting");
const start = kind === "podman" ? startPodmanEngine : startDockerEngine;
const engine = await start({ parentDirectory });
await engine.importImage("busybox");
console.log(JSON.stringify({ directory: engine.directory, socketPath: engine.socketPath }));
setInterval(() => undefined, 60_000);
