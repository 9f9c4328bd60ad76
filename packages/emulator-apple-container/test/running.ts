import { whyNoGuests } from "@nanoclaw/emulator-base";
import { type TestImageName, testImages, whyNoTestImages } from "@nanoclaw/test-engines";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type ContainerEmulator, installContainer } from "../src/index.js";
import { container, succeed } from "./commands.js";

export const BUSYBOX = testImages.busybox.reference;

/** An emulator whose service is up, for all tests of a file; after each test nothing may be left in it. */
export function useService(images: readonly TestImageName[] = ["busybox"]) {
  const used: { emulator?: ContainerEmulator } = {};
  const reason = whyNoGuests() ?? whyNoTestImages();
  beforeAll(async () => {
    if (reason !== undefined) return;
    used.emulator = await installContainer();
    for (const name of images) await used.emulator.image({ name });
    await succeed(used.emulator, "system", "start", "--enable-kernel-install");
  });
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  afterEach(async () => {
    if (used.emulator === undefined) return;
    used.emulator.settings({});
    await container(used.emulator, ["delete", "--all", "--force"]);
    expect(await used.emulator.leftovers()).toEqual([]);
  });
  afterAll(() => used.emulator?.[Symbol.asyncDispose]());
  return {
    get emulator() {
      if (used.emulator === undefined) throw new Error("no test runs");
      return used.emulator;
    },
    /** Starts a container of busybox in the background. */
    async background(name: string, ...options: string[]): Promise<void> {
      await succeed(this.emulator, "run", "-d", "--name", name, ...options, "--", BUSYBOX, "sleep", "1000");
    },
    /** Runs a command of busybox's shell in a new container, which is removed. */
    run(script: string, ...options: string[]) {
      return container(this.emulator, [
        "run",
        "--rm",
        "--progress",
        "none",
        ...options,
        "--",
        BUSYBOX,
        "sh",
        "-c",
        script,
      ]);
    },
    /** Runs a command of busybox's shell in a container that runs. */
    exec(name: string, script: string, ...options: string[]) {
      return container(this.emulator, ["exec", ...options, "--", name, "sh", "-c", script]);
    },
  };
}
