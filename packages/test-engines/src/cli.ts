#!/usr/bin/env node
import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startDockerEngine } from "./engine/docker-engine.js";
import { startPodmanEngine } from "./engine/podman-engine.js";
import { DEFAULT_IMAGES, type TestImageName, testImages } from "./images/test-images.js";

const USAGE = `Usage: nanoclaw-test-engine [options]

Starts a private engine with the test images, prints its address, and removes all of it at Ctrl-C.

  --podman            Podman instead of Docker
  --images NAMES      what to import, with commas between; "all" for every image
                      (default: ${DEFAULT_IMAGES.join(",")})
  --state-file PATH   also write the address to this file, and remove it at the end
  --help
`;

const { values } = parseArgs({
  options: {
    podman: { type: "boolean", default: false },
    images: { type: "string", default: DEFAULT_IMAGES.join(",") },
    "state-file": { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else await run(values.podman, readImages(values.images), values["state-file"]);

async function run(podman: boolean, images: readonly TestImageName[], stateFile?: string): Promise<void> {
  // Before the engine starts, so that Ctrl-C removes it in order at any moment.
  const interrupted = Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
  const engine = await (podman ? startPodmanEngine() : startDockerEngine());
  try {
    await engine.importAll(images);
    for (const name of images) process.stdout.write(`${testImages[name].reference}\n`);
    process.stdout.write(
      `${engine.kind} ${engine.version}, API ${engine.apiVersion}, log ${engine.logPath}\n`,
    );
    if (stateFile !== undefined) {
      // Whole or not at all, for whoever waits for it.
      writeFileSync(`${stateFile}.draft`, engine.dockerHost);
      renameSync(`${stateFile}.draft`, stateFile);
    }
    process.stdout.write(`DOCKER_HOST=${engine.dockerHost}\n`);
    const alive = setInterval(() => undefined, 60_000);
    await interrupted;
    clearInterval(alive);
  } finally {
    if (stateFile !== undefined) rmSync(stateFile, { force: true });
    await engine.stop();
  }
}

function readImages(text: string): TestImageName[] {
  const known = Object.keys(testImages);
  const names = text === "all" ? known : text.split(",");
  return names.map((name) => {
    if (!isImageName(name)) throw new Error(`No image "${name}"; there are ${known.join(", ")}`);
    return name;
  });
}

function isImageName(name: string): name is TestImageName {
  return Object.hasOwn(testImages, name);
}
