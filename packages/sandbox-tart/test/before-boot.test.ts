import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import type { AdapterEvent } from "@nanoclaw/sandbox/adapter";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Tart } from "../src/engine.js";
import { vmName } from "../src/names.js";
import { Records } from "../src/records.js";
import {
  context,
  type Emulated,
  emulated,
  installation,
  linuxImage,
  macImage,
  requestOf,
} from "./emulated.js";

/** What is refused or fails before a machine boots, and what is left then. */

const reason = whyNoGuests();
let engine: Emulated;
const { signal } = new AbortController();

beforeAll(async () => {
  if (reason === undefined) engine = await emulated();
});

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason);
  engine.emulator.settings({ faults: [], version: "2.40.1", cloneMs: 0 });
});

/** What is not ours stays by intention: it is taken away here. */
afterEach(() => {
  if (reason !== undefined) return;
  for (const name of readdirSync(engine.stateDirectory)) rmSync(join(engine.stateDirectory, name));
  for (const name of readdirSync(join(engine.emulator.home, "vms"))) {
    const directory = join(engine.emulator.home, "vms", name);
    if (![linuxImage, macImage].includes(name)) rmSync(directory, { recursive: true });
  }
});

afterAll(async () => await engine?.[Symbol.asyncDispose]());

const cli = () => new Tart(engine.emulator.program, engine.emulator.home);

/** The error of a create, after which everything is taken back as core does. */
async function failedCreate(details: Parameters<typeof requestOf>[0], options = {}): Promise<unknown> {
  const provider = engine.provider(options);
  const request = requestOf(details);
  const error = await provider.create(request, context()).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await provider.remove(request.id, installation, context());
  expect(await engine.leftovers()).toEqual([]);
  return error;
}

describe("refused, and nothing left:", () => {
  test.each([
    ["a part of a CPU", { limits: { cpuCount: 1.5 } }, "unsupported"],
    ["a disk that would have to shrink", { limits: { diskGiB: 5 } }, "invalid_argument"],
    ["less memory than the image needs", { limits: { memoryMiB: 6 } }, "invalid_argument"],
    ["an image that is not there", { image: "no-such-machine" }, "image_not_found"],
    ["an image that its registry lacks", { image: "127.0.0.1:9/a/b:1" }, "image_not_found"],
    ["no network without Softnet", { network: "none" as const }, "unsupported"],
  ])("%s", async (_, details, code) => {
    expect(await failedCreate(details)).toMatchObject({ code, hint: expect.any(String) });
  });

  test("no network by SSH", async () => {
    expect(await failedCreate({ network: "none" }, { connect: "ssh" })).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("SSH"),
    });
  });

  test("a Tart that is too old", async () => {
    engine.emulator.settings({ version: "2.30.6" });
    expect(await failedCreate({})).toMatchObject({
      code: "engine_unavailable",
      message: expect.stringContaining("2.31.0"),
    });
  });
});

test("a disk without room is told before anything is made on it", async ({ skip }) => {
  skip(process.getuid?.() !== 0, "only root can mount a small file system");
  const small = mkdtempSync(join(tmpdir(), "nctart-small-"));
  await execa("mount", ["-t", "tmpfs", "-o", "size=64m", "small", small]);
  try {
    const home = join(small, "tart");
    await new Tart(engine.emulator.program, home).call(["create", "--linux", "tiny"], { signal });
    const provider = engine.provider({ home });
    for (const image of ["tiny", "127.0.0.1:5000/a/b:1"]) {
      await expect(provider.create(requestOf({ image }), context())).rejects.toMatchObject({
        code: "resource_exhausted",
        message: expect.stringContaining("0 GiB free"),
        hint: expect.stringContaining("tart prune"),
      });
    }
    expect(readdirSync(join(home, "vms"))).toEqual(["tiny"]);
    expect(await engine.leftovers()).toEqual([]);
  } finally {
    await execa("umount", [small]);
    rmSync(small, { recursive: true });
  }
});

describe("a fault of Tart is told with what to do, and nothing is left:", () => {
  test.each([
    ["a full disk", ["disk-full"], {}, "resource_exhausted"],
    ["a list that stays broken", ["list-race:6"], {}, "adapter_fault"],
  ])("%s", async (_, faults, details, code) => {
    engine.emulator.settings({ faults });
    expect(await failedCreate(details)).toMatchObject({ code });
  });

  test("a keychain that cannot be asked (cirruslabs/tart#1025)", async () => {
    await engine.emulator.image({ name: "127.0.0.1:5000/a/b:1", os: "linux", agent: "new" });
    engine.emulator.settings({ faults: ["keychain"] });
    expect(await failedCreate({ image: "127.0.0.1:5000/a/b:1" })).toMatchObject({
      code: "permission_denied",
      hint: expect.stringContaining("keychain"),
    });
  });
});

describe("what is not ours", () => {
  test("a machine with a name like ours and no record is not removed", async () => {
    const id = "sandbox-00112233445566aa";
    const vm = vmName(id, installation);
    await cli().call(["clone", linuxImage, vm], { signal });
    await expect(engine.provider().remove(id, installation, context())).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect(await engine.emulator.leftovers()).toEqual([`machine ${vm}`]);
    expect(await engine.provider().list(installation, context())).toEqual([]);
  });

  test("a machine with a name like ours is not replaced (cirruslabs/tart#822)", async () => {
    const request = requestOf();
    const vm = vmName(request.id, installation);
    await cli().call(["clone", linuxImage, vm], { signal });
    writeFileSync(join(engine.emulator.home, "vms", vm, "mark"), "the user's");
    await expect(engine.provider().create(request, context())).rejects.toMatchObject({
      code: "already_exists",
    });
    expect(existsSync(join(engine.emulator.home, "vms", vm, "mark"))).toBe(true);
  });

  test("a machine whose record is damaged is not removed", async () => {
    const id = "sandbox-00112233445566bb";
    const vm = vmName(id, installation);
    await cli().call(["clone", linuxImage, vm], { signal });
    writeFileSync(join(engine.stateDirectory, `${id}.json`), '{"format":1,"id":"sand');
    await expect(engine.provider().remove(id, installation, context())).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect(await engine.emulator.leftovers()).toEqual([`machine ${vm}`]);
  });

  test("a record cannot lead to a machine of the user's", async () => {
    await cli().call(["clone", linuxImage, "the-users-own"], { signal });
    const records = new Records(engine.stateDirectory);
    const { owner } = requestOf();
    const record = { format: 1, id: "sandbox-1", vm: "the-users-own", home: engine.emulator.home, owner };
    writeFileSync(join(records.directory, "sandbox-1.json"), JSON.stringify(record));
    await engine.provider().remove("sandbox-1", installation, context());
    expect(await engine.emulator.leftovers()).toEqual(["machine the-users-own"]);
  });

  test("the sandbox of another installation is not removed", async () => {
    const records = recordOfClone();
    await expect(engine.provider().remove("sandbox-1", "another", context())).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect(records.read("sandbox-1")).toMatchObject({ id: "sandbox-1" });
  });
});

describe("removal", () => {
  test("of what nobody knows is success", async () => {
    await engine.provider().remove("sandbox-never-made", installation, context());
  });

  test("takes away a first record that was cut off", async () => {
    writeFileSync(join(engine.stateDirectory, "sandbox-1.json.new"), '{"format":1,"id":"sand');
    await engine.provider().remove("sandbox-1", installation, context());
    expect(await engine.leftovers()).toEqual([]);
  });

  test("takes away a machine that was cloned and not started, its record last", async () => {
    recordOfClone();
    await cli().call(["clone", linuxImage, vmName("sandbox-1", installation)], { signal });
    expect(await engine.provider().list(installation, context())).toMatchObject([
      { id: "sandbox-1", state: "created" },
    ]);
    await engine.provider().remove("sandbox-1", installation, context());
    expect(await engine.leftovers()).toEqual([]);
  });

  test("takes away what a deletion that was cut off has left", async () => {
    recordOfClone();
    const directory = join(engine.emulator.home, "vms", vmName("sandbox-1", installation));
    mkdirSync(directory);
    writeFileSync(join(directory, "disk.img"), "gigabytes");
    await engine.provider().remove("sandbox-1", installation, context());
    expect(await engine.leftovers()).toEqual([]);
  });

  test("works while other machines vanish (openai/tart#1353)", async () => {
    recordOfClone();
    await cli().call(["clone", linuxImage, vmName("sandbox-1", installation)], { signal });
    engine.emulator.settings({ faults: ["list-race:3"] });
    await engine.provider().remove("sandbox-1", installation, context());
    expect(await engine.leftovers()).toEqual([]);
  });
});

test("a create that is aborted during its clone leaves nothing, and no process", async () => {
  engine.emulator.settings({ cloneMs: 60_000 });
  const provider = engine.provider();
  const request = requestOf();
  const abort = new AbortController();
  const creating = provider.create(request, context(abort.signal));
  creating.catch(() => undefined);
  const records = new Records(engine.stateDirectory);
  await expect
    .poll(() => records.read(request.id), { timeout: 10_000 })
    .toMatchObject({
      process: { command: "clone" },
    });
  const reason = new Error("by the test");
  abort.abort(reason);
  await expect(creating).rejects.toBe(reason);
  await provider.remove(request.id, installation, context());
  expect(await engine.leftovers()).toEqual([]);
});

test("a pull tells its progress", async () => {
  await engine.emulator.image({ name: "127.0.0.1:5000/a/progress:1", os: "linux", agent: "new" });
  const events: AdapterEvent[] = [];
  const provider = engine.provider();
  const request = requestOf({ image: "127.0.0.1:5000/a/progress:1", limits: { diskGiB: 5 } });
  const call = { signal, emit: (event: AdapterEvent) => void events.push(event) };
  // Refused once it is there: nothing has to boot for this.
  await expect(provider.create(request, call)).rejects.toMatchObject({ code: "invalid_argument" });
  expect(events).toContainEqual(expect.objectContaining({ type: "progress", phase: "pull" }));
  await provider.remove(request.id, installation, context());
  expect(await engine.leftovers()).toEqual([]);
});

test("the report tells what is there and what is missing", async () => {
  const report = await engine.provider().probe(context());
  expect(report).toMatchObject({ available: true, version: "2.40.1", details: { softnet: "none" } });
  expect(report.problems.map(({ message }) => message).join("\n")).toContain("Softnet");
  const none = await engine.provider({ program: join(engine.emulator.bin, "none") }).probe(context());
  expect(none).toMatchObject({ available: false, problems: [{ hint: expect.stringContaining("brew") }, {}] });
});

test("the report promises a pull of an image that can be pulled, and no other", async () => {
  const said = async (defaultImage: string) => {
    const { problems } = await engine.provider({ defaultImage }).probe(context());
    return problems.map(({ message }) => message).join("\n");
  };
  expect(await said("ghcr.io/somebody/image:1")).toContain("image:1 is not here yet, and pulled");
  expect(await said("my_base")).toContain("Tart has no virtual machine my_base");
  expect(await said("my_base")).not.toContain("pulled");
});

function recordOfClone(): Records {
  const { env, labels, network, owner } = requestOf();
  const records = new Records(engine.stateDirectory);
  const id = "sandbox-1";
  const vm = vmName(id, installation);
  const home = engine.emulator.home;
  records.write({
    format: 1,
    id,
    vm,
    home,
    env,
    labels,
    network: network === "none" ? "none" : "open",
    owner,
    createdAt: 1,
  });
  return records;
}
