import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { type TestImageName, testImages } from "@nanoclaw/test-engines";
import { afterAll, beforeAll } from "vitest";
import { type Emulated, emulated, whyNoContainers } from "./emulated.js";

/** Checks that ask for what no virtual machine of the engine has. */
const notForMachines: readonly string[] = [
  // 96 and 64 MiB of memory, where the service refuses less than 200.
  "G8.limit-memory",
  "G6.out-of-memory",
  // Half a CPU.
  "G8.limit-cpu",
  // A path with a colon: it is refused.
  "G12.mount-names",
];

/** Checks of terminals, which are made by a program that busybox does not have. */
const lacksTerminals = (image: TestImageName, id: string): boolean =>
  image === "busybox" && /terminal/.test(id);

/**
 * A container takes some tenths of a second on the emulator: without `CHECKS=all` a run has those that say most. Of a killed
 * owner they ask that all is gone after two seconds, which the emulator keeps on an idle machine: `owner.test.ts` has five.
 */
const every = process.env.CHECKS === "all";

type Wanted = (check: { readonly id: string; readonly guarantee: string }) => boolean;

/** All that is wanted of a profile: the checks, or the guarantees, that depend on it. */
export function checksOf(...wanted: readonly string[]): Wanted {
  return ({ id, guarantee }) => every || wanted.includes(id) || wanted.includes(guarantee);
}

/** A `container` that takes every command and never answers. */
function wedged(engine: Emulated) {
  const directory = mkdtempSync(join(tmpdir(), "container-wedged-"));
  const program = join(directory, "container");
  writeFileSync(program, "#!/bin/sh\nexec sleep 1000\n");
  chmodSync(program, 0o755);
  return {
    provider: engine.provider({ program }),
    close: async () => rmSync(directory, { recursive: true }),
  };
}

/** Registers the wanted checks for one release of the engine and one image. */
export function conformanceWith(version: string, image: TestImageName, wanted: Wanted): void {
  const skip = whyNoContainers();
  let engine: Emulated;
  beforeAll(async () => {
    if (skip === undefined) engine = await emulated({ version, images: [image] });
  });
  afterAll(async () => await engine?.[Symbol.asyncDispose]());
  conformance(
    `apple-container ${version} with ${image}`,
    {
      provider: () => engine.provider(),
      create: { image: testImages[image].reference },
      otherUser: "1000",
      wedged: async () => wedged(engine),
      engineRecords: async (id) =>
        await engine.cli.call(["inspect", "--", id], { signal: AbortSignal.timeout(10_000) }),
      leftovers: () => engine.emulator.leftovers(),
    },
    {
      skip,
      filter: (check) =>
        wanted(check) && !notForMachines.includes(check.id) && !lacksTerminals(image, check.id),
    },
  );
}
