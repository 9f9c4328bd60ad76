import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { attachSandbox, createSandbox, listSandboxes } from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Tart } from "../src/engine.js";
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
    const said: string[] = [];
    const sandbox = await createSandbox(provider, {
      name: "first",
      env: { A: "1" },
      workdir: "/work/here",
      onEvent: (event) => event.type === "progress" && said.push(`${event.phase}: ${event.message}`),
    });
    try {
      expect(said).toEqual([
        expect.stringMatching(/^start: /),
        expect.stringMatching(/^connect: Commands go by guest agent/),
        expect.stringMatching(/^ready: /),
      ]);
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

  test("of macOS has its own places: home, shares and tools", async () => {
    const source = mkdtempSync(join(tmpdir(), "nctart-mount-"));
    writeFileSync(join(source, "file"), "from the host\n");
    try {
      await using sandbox = await createSandbox(engine().provider(), {
        image: macImage,
        mounts: [{ source, target: "/Users/admin/project" }],
      });
      const { stdout } = await sandbox.exec("pwd; cat project/file; readlink project; sw_vers -productName");
      expect(stdout).toBe("/Users/admin\nfrom the host\n/Volumes/My Shared Files/mount-0\nmacOS\n");
      expect((await sandbox.exec(": >project/new")).exitCode).not.toBe(0);
    } finally {
      rmSync(source, { recursive: true });
    }
  });

  test("does not take over the saved state of its image: it boots", async () => {
    const { home } = engine().emulator;
    const [cli, name] = [new Tart(engine().emulator.program, home), "suspended-image"];
    const { signal } = new AbortController();
    await engine().emulator.image({ name, os: "darwin", agent: "new" });
    writeFileSync(join(home, "vms", name, "state.vzvmsave"), "{}");
    expect((await cli.facts(name, signal)).state).toBe("suspended");
    await using sandbox = await createSandbox(engine().provider(), { image: name });
    expect((await sandbox.exec(["echo", "booted"])).stdout).toBe("booted\n");
  });
});
