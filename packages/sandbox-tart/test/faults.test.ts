import { whyNoGuests } from "@nanoclaw/emulator-tart";
import {
  attachSandbox,
  createSandbox,
  listSandboxes,
  type Sandbox,
  type SandboxProvider,
} from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Tart } from "../src/engine.js";
import { Records } from "../src/records.js";
import { type Emulated, emulated, linuxImage, macImage } from "./emulated.js";

/** Machines that run, and what goes wrong with them. */

const reason = whyNoGuests();
const { signal } = new AbortController();
let engine: Emulated;

beforeAll(async () => {
  if (reason === undefined) engine = await emulated();
});

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason);
  engine.emulator.settings({ faults: [], version: "2.40.1" });
});

afterEach(async () => {
  if (reason === undefined) expect(await engine.leftovers()).toEqual([]);
});

afterAll(async () => await engine?.[Symbol.asyncDispose]());

const failed = (provider: SandboxProvider, options = {}) =>
  createSandbox(provider, options).then(
    async (sandbox) => {
      await sandbox.destroy();
      throw new Error("The create should have failed.");
    },
    (error: unknown) => error,
  );

const cli = () => new Tart(engine.emulator.program, engine.emulator.home);
const runProcess = () => new Records(engine.stateDirectory).all()[0]?.process?.pid ?? 0;

describe("two macOS guests are all that macOS allows (cirruslabs/tart#445):", () => {
  test("a third is refused before it starts, with the names of the others, and Linux does not count", async () => {
    const provider = engine.provider();
    const both = [1, 2].map(() => createSandbox(provider, { image: macImage }));
    const [first, second] = (await Promise.all(both)) as [Sandbox, Sandbox];
    await using _first = first;
    await using _second = second;
    const vms = new Records(engine.stateDirectory).all().map(({ vm }) => vm);
    const error = await failed(provider, { image: macImage });
    expect(error).toMatchObject({ code: "resource_exhausted", hint: expect.any(String) });
    for (const vm of vms) expect((error as Error).message).toContain(vm);
    await using linux = await createSandbox(provider, { image: linuxImage });
    expect((await linux.exec(["uname"])).stdout).toBe("Linux\n");
    expect([first.id, second.id]).not.toContain(linux.id);
  });

  test("what Tart alone knows of is told in its words", async () => {
    engine.emulator.settings({ faults: ["limit"] });
    expect(await failed(engine.provider(), { image: macImage })).toMatchObject({
      code: "resource_exhausted",
      message: expect.stringContaining("exceeds the system limit"),
      hint: expect.stringContaining("restart"),
    });
  });
});

test("an early end of tart run fails the create at once, in its own words", async () => {
  const provider = engine.provider({ bootTimeoutMs: 60_000 });
  const started = performance.now();
  const creating = failed(provider);
  await expect.poll(runProcess, { timeout: 10_000, interval: 5 }).not.toBe(0);
  await expect
    .poll(() => new Records(engine.stateDirectory).all()[0]?.process?.command, {
      timeout: 10_000,
      interval: 5,
    })
    .toBe("run");
  process.kill(runProcess(), "SIGKILL");
  expect(await creating).toMatchObject({ message: expect.stringContaining("SIGKILL") });
  expect(performance.now() - started).toBeLessThan(30_000);
});

test("a guest that never answers is told as that", async () => {
  await engine.emulator.image({ name: "deaf", os: "linux", agent: "none" });
  const provider = engine.provider({ connect: "agent", bootTimeoutMs: 2_000 });
  expect(await failed(provider, { image: "deaf" })).toMatchObject({
    code: "timeout",
    message: expect.stringContaining("agent"),
    hint: expect.any(String),
  });
});

test("a machine that dies is told to commands as lost", async () => {
  const provider = engine.provider({ connect: "agent" });
  await using sandbox = await createSandbox(provider);
  const running = sandbox.exec(["sleep", "1000"]);
  running.catch(() => undefined);
  process.kill(runProcess(), "SIGKILL");
  await expect(running).rejects.toMatchObject({ code: "sandbox_lost" });
  await expect(sandbox.exec(["true"])).rejects.toMatchObject({ code: "sandbox_lost" });
  await expect(attachSandbox(provider, sandbox.id)).rejects.toMatchObject({ code: "sandbox_not_found" });
  expect(await listSandboxes(provider)).toMatchObject([{ id: sandbox.id, state: "ended" }]);
});

test("a machine that Tart calls stopped while it runs is listed, and ended all the same (openai/tart#967)", async () => {
  const provider = engine.provider();
  await using sandbox = await createSandbox(provider);
  engine.emulator.settings({ faults: ["lock-lost"] });
  expect(await listSandboxes(provider)).toMatchObject([{ id: sandbox.id, state: "running" }]);
});

test("an empty answer of tart ip is none (packer-plugin-tart#217)", async () => {
  engine.emulator.settings({ faults: ["ip-empty:2"] });
  await using sandbox = await createSandbox(engine.provider({ connect: "ssh" }));
  expect((await sandbox.exec(["echo", "here"])).stdout).toBe("here\n");
});

test("an image without a guest agent is reached by SSH", async () => {
  await engine.emulator.image({ name: "agentless", os: "linux", agent: "none" });
  await using sandbox = await createSandbox(engine.provider({ agentPatienceMs: 0 }), { image: "agentless" });
  expect((await sandbox.exec(["echo", "here"])).stdout).toBe("here\n");
});

test("the release that calls a running machine missing is not believed (openai/tart#1345)", async () => {
  engine.emulator.settings({ version: "2.39.0", deleteCollision: true });
  const provider = engine.provider();
  const sandbox = await createSandbox(provider);
  // As if nobody knew its process: Tart itself has to stop it.
  const records = new Records(engine.stateDirectory);
  const [record] = records.all();
  if (!record) throw new Error("There should be a record.");
  records.write({ ...record, process: undefined });
  await sandbox.destroy();
  expect((await cli().list(signal)).map(({ name }) => name)).not.toContain(record.vm);
});

test("no network leaves no way out, and is read from Softnet's absence before anything is made", async () => {
  expect(await failed(engine.provider(), { network: "none" })).toMatchObject({
    code: "unsupported",
    hint: expect.stringContaining("softnet"),
  });
});
