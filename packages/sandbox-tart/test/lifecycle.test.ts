import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { attachSandbox, createSandbox, listSandboxes, type Sandbox } from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulated, type EmulatedOptions, emulated, macImage } from "./emulated.js";

/** Whole lives of machines on the emulator. */

const reason = whyNoGuests();

function onEngine(name: string, options: EmulatedOptions, tests: (engine: () => Emulated) => void): void {
  describe(name, () => {
    let engine: Emulated;
    beforeAll(async () => {
      if (reason === undefined) engine = await emulated(options);
    });
    beforeEach(({ skip }) => skip(reason !== undefined, reason));
    afterEach(async () => {
      if (engine) expect(await engine.leftovers()).toEqual([]);
    });
    afterAll(async () => await engine?.[Symbol.asyncDispose]());
    tests(() => engine);
  });
}

onEngine("a machine", {}, (engine) => {
  test("lives from create to destroy, and nothing is left of it", async () => {
    const provider = engine().provider();
    const sandbox = await createSandbox(provider, { name: "first", env: { A: "1" }, workdir: "/work/here" });
    try {
      const { stdout } = await sandbox.exec('echo "$A $PWD $(id -un)"', { env: { B: "2" } });
      expect(stdout).toBe("1 /work/here admin\n");
      expect(await listSandboxes(provider)).toMatchObject([
        { id: sandbox.id, name: "first", state: "running" },
      ]);
      await using other = await attachSandbox(engine().provider(), "first");
      expect((await other.exec('echo "$A $PWD"')).stdout).toBe("1 /work/here\n");
    } finally {
      await sandbox.destroy();
    }
    expect(await listSandboxes(provider)).toEqual([]);
  });
});
