import { execFileSync } from "node:child_process";
import { type Emulator, installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { processTableContains } from "@nanoclaw/test-engines";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { baseImageFacts } from "../src/engines/base-image-facts.js";
import { identityOfMachine } from "../src/prepare/tart-place.js";
import { type Place, prepareInstallation, tool as toolIn } from "./prepare-installation.js";

const reason = whyNoGuests();
const from = "linux-image";
const image = "tart_nanoclaw_base";
// The rest of an emulated guest's disk cannot be written to.
const directory = "/home/admin/bin";
const tool = (name: string, version?: string, more?: object) => toolIn(name, version, more, directory);
const engines = { tart: { from } };

describe.skipIf(reason !== undefined)(`base images by Tart${reason ? ` (${reason})` : ""}`, () => {
  let emulator: Emulator;
  let place: Place;
  const tart = (...args: string[]) =>
    execFileSync(emulator.program, args, { env: emulator.environment, encoding: "utf8" });
  const machines = () => tart("list", "--source", "local", "--quiet").trim().split("\n").sort();

  beforeAll(async () => {
    emulator = await installEmulator();
    await emulator.image({ name: from, os: "linux", agent: "new" });
  });
  beforeEach(() => {
    const { program, home } = emulator;
    place = prepareInstallation("tart");
    place.policy({ runtimes: { tart: { program, home } } });
  });
  afterEach(async () => {
    await place.discard();
    if (machines().includes(image)) tart("delete", image);
    place[Symbol.dispose]();
    expect(await emulator.leftovers()).toEqual([]);
  });
  afterAll(async () => await emulator?.[Symbol.asyncDispose]());

  test("F9, F10, F12: a killed call leaves no machine running and no image; the next goes on, and only what was verified has the name", async () => {
    await emulator.image({ name: `${image}_old`, os: "linux" });
    const waits = tool("second", "2.0.0", { run: "echo it waits; sleep 1000" });
    place.recipe({ engines, steps: [tool("first"), waits] });
    const running = `${emulator.program} run --no-graphics --no-audio --no-clipboard`;
    const killed = place.program(["--engine", "tart", "--recipe", place.recipePath]);
    try {
      await killed.says("| it waits");
      expect(processTableContains(running)).toBe(true);
      await expect(place.prepare()).rejects.toMatchObject({ code: "already_exists" });
    } finally {
      killed.kill("SIGKILL");
      await killed.ended;
    }
    await expect.poll(() => processTableContains(running), { timeout: 30_000 }).toBe(false);
    expect(machines()).toEqual([from, expect.stringMatching(/^nanoclaw-prepare-/), `${image}_old`]);

    place.recipe({ engines, steps: [tool("first"), tool("second", "2.0.0")] });
    const { manifest } = await place.prepare();
    expect(place.told).toContain("Going on after step 1 of 2.");
    expect(place.told.join("\n")).not.toContain("installing first");
    expect(manifest.tools.map(({ output }) => output)).toEqual(["first 1.2.3", "second 2.0.0"]);
    expect(machines()).toEqual([from, image, `${image}_old`]);
    expect(await place.prepare({ update: true })).toEqual({ outcome: "current", manifest });
    expect(place.records()).toHaveLength(1);
    const disk = { place: emulator.home, identity: identityOfMachine(emulator.home, image) };
    const facts = baseImageFacts({ installation: place.installation, runtime: "tart", image, ...disk });
    expect(facts.join()).toContain("found in it then: first 1.2.3, second 2.0.0");
    tart("delete", `${image}_old`);
  }, 120_000);

  // Two more starts of a machine.
  test.runIf(process.env.CHECKS === "all")(
    "a step fails, a recipe that has changed before what was done begins anew, a tool that is another fails, discard frees all",
    async () => {
      const wrong = tool("second", "2.0.0", { verify: [[`${directory}/first`, "--version"]] });
      const broken = tool("second", "2.0.0", { run: "echo no route >&2; exit 127" });
      place.recipe({ engines, steps: [tool("first"), broken] });
      await expect(place.prepare()).rejects.toMatchObject({
        message: "The step second failed: it exited with 127.\n  | no route",
        hint: expect.stringContaining(`prepare --engine tart --image ${image} --discard`),
      });
      place.recipe({ engines, steps: [tool("first", "1.2.4"), wrong] });
      await expect(place.prepare()).rejects.toThrow(
        `The step second failed: its tool is not the one that was wanted: ${directory}/first --version does not print 2.0.0.`,
      );
      expect(place.told.join("\n")).toContain("of another recipe, and thrown away");
      expect(place.told.join("\n")).toContain("installing first 1.2.4");
      expect(await place.discard()).toBe(true);
      expect(machines()).toEqual([from]);
      expect(place.records()).toEqual([]);
    },
  );

  test("a machine that nothing proves to be ours is neither replaced nor gone on with; odd names are refused", async () => {
    place.recipe({ engines, steps: [tool("first")] });
    await emulator.image({ name: image, os: "linux" });
    await expect(place.prepare()).rejects.toMatchObject({ code: "permission_denied" });
    for (const name of ["", "-i", "../x", "a b", "$(id)", "ghcr.io/x/y:1", "a\nb"]) {
      await expect(place.prepare({ image: name })).rejects.toMatchObject({ code: "invalid_argument" });
    }
    expect(place.records()).toEqual([]);
  });
});
