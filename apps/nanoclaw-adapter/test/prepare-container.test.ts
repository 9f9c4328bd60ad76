import { execFileSync } from "node:child_process";
import { installContainer } from "@nanoclaw/emulator-apple-container";
import { whyNoGuests } from "@nanoclaw/emulator-base";
import { whyNoTestImages } from "@nanoclaw/test-engines";
import { expect, test } from "vitest";
import { BuiltImages } from "../src/prepare/built-images.js";
import { ContainerWorkshop } from "../src/prepare/container-workshop.js";

const reason = whyNoGuests() ?? whyNoTestImages();
const from = "nanoclaw-test/busybox:1";

test.skipIf(reason !== undefined)(
  `Apple's container takes every argument list, and its failure to build is its own${reason ? ` (${reason})` : ""}`,
  async () => {
    await using emulator = await installContainer();
    await emulator.image({ name: "busybox" });
    execFileSync(emulator.program, ["system", "start", "--enable-kernel-install"], {
      env: emulator.environment,
      stdio: "ignore",
    });
    process.env.CONTAINER_EMULATOR_HOME = emulator.home;
    try {
      const { program } = emulator;
      const workshop = new ContainerWorkshop({ program }, AbortSignal.timeout(60_000));
      const [image, working] = ["odd-name_1/base:V-1", "nanoclaw-sandbox-prepare:1"];
      await workshop.tag(from, working);
      expect(await workshop.find(working)).toEqual({
        ...{ id: expect.stringMatching(/^sha256:/), labels: {} },
        digests: [expect.stringMatching(/^docker\.io\/library\/nanoclaw-sandbox-prepare:1@sha256:/)],
      });
      const images = new BuiltImages(workshop, () => undefined);
      await images.publish(working, image);
      expect(await images.find(image)).toMatchObject({ saysPrepared: false, running: false });
      expect(await images.find(working)).toBeUndefined();
      await images.discard(image);
      expect(await images.find(image)).toBeUndefined();

      // The emulator reads the arguments as strictly as container does, and has no builder behind them.
      const labels = { "nanoclaw-base-tools": '{"a":"1.0"} --no-cache\n$(id)' };
      const built = workshop.build({ dockerfile: `FROM ${from}\n`, tag: image, labels }, () => undefined);
      await expect(built).rejects.toThrow(/^container build failed .*build is not emulated/s);
    } finally {
      delete process.env.CONTAINER_EMULATOR_HOME;
    }
  },
);
