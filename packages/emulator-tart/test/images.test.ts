// @module-tag thorough

import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { start, succeed, tart } from "./cli.js";
import { configOf, machine, pretendToRun, useEmulator } from "./fixture.js";

const given = useEmulator();
const image = "registry.example:5000/team/mac:one";

describe("images of registries", () => {
  it("are pulled by clone when they are not in the cache, and then never again", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "darwin", agent: "old" });
    const first = await succeed(emulator, "clone", image, "a");
    expect(first).toMatch(
      /^pulling manifest\.\.\.\npulling disk \([\d.]+ GB compressed\)\.\.\.\n(\d+%\n)+pulling NVRAM\.\.\.\n$/,
    );
    expect(await succeed(emulator, "clone", image, "b")).toBe("");
    // The first copy has the image's own address, as another host's copy would.
    expect(configOf(emulator, "b").macAddress).not.toBe(configOf(emulator, "a").macAddress);
  });

  it("are listed by tag and by digest", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    await succeed(emulator, "pull", image);
    const names = (await succeed(emulator, "list", "--source", "oci", "-q")).trim().split("\n");
    expect(names).toEqual([
      image,
      expect.stringMatching(/^registry\.example:5000\/team\/mac@sha256:[0-9a-f]{64}$/),
    ]);
    expect(await succeed(emulator, "fqn", image)).toBe(`${names[1]}\n`);
    const rows = JSON.parse(await succeed(emulator, "list", "--source", "oci", "--format", "json"));
    expect(rows.map((row: { Source: string; State: string }) => [row.Source, row.State])).toEqual([
      ["OCI", "stopped"],
      ["OCI", "stopped"],
    ]);
  });

  it("change their digest only for pull", async () => {
    const { emulator } = given;
    await succeed(emulator, "push", "base", image);
    await succeed(emulator, "pull", image);
    const before = await succeed(emulator, "fqn", image);
    await succeed(emulator, "push", "linux", image);
    await succeed(emulator, "clone", image, "stale");
    expect(configOf(emulator, "stale").os).toBe("darwin");
    await succeed(emulator, "pull", image);
    expect(await succeed(emulator, "fqn", image)).not.toBe(before);
    await succeed(emulator, "clone", image, "fresh");
    expect(configOf(emulator, "fresh").os).toBe("linux");
  });

  it("are fetched once by those who pull at once; the others say that they wait", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    emulator.settings({ pullMs: 500 });
    const results = await Promise.all([1, 2].map(() => tart(emulator, ["pull", image])));
    const texts = results.map(({ stdout }) => stdout).sort((a, b) => a.length - b.length);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(texts[0]).toBe("pulling manifest...\nwaiting for lock...\n");
    expect(texts[1]).toContain("pulling NVRAM...");
  });

  it("leave nothing in the cache when their download is interrupted", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    emulator.settings({ pullMs: 60_000 });
    const { child, result } = start(emulator, ["pull", image]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await vi.waitUntil(() => existsSync(join(emulator.home, "cache/OCIs/registry.example:5000")), {
      timeout: 10_000,
      interval: 5,
    });
    child.kill("SIGINT");
    expect(await result).toMatchObject({ exitCode: 1, stderr: "Error: CancellationError()\n" });
    expect(await succeed(emulator, "list", "-q", "--source", "oci")).toBe("\n");
    expect(emulator.leftovers()).toEqual([]);
  });

  it("are told to be missing, or their host, or to be no images at all", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    const missing = await tart(emulator, ["pull", "registry.example:5000/team/mac:two"]);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Error: UnexpectedHTTPStatusCode\(.*code: 404/),
    });
    const nowhere = await tart(emulator, ["clone", "nowhere.example/a/b", "x"]);
    expect(nowhere).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("NSURLErrorDomain Code=-1003"),
    });
    const local = await tart(emulator, ["pull", "nothing"]);
    expect(local).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(/^failed to parse remote name: /),
    });
    expect(await succeed(emulator, "pull", "base")).toBe('"base" is a local image, nothing to pull here!\n');
  });

  it("can be deleted, and then are missing", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    await succeed(emulator, "pull", image);
    expect(await tart(emulator, ["delete", image])).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(await succeed(emulator, "list", "-q", "--source", "oci")).toBe("\n");
    expect(await tart(emulator, ["delete", image])).toMatchObject({ exitCode: 2 });
  });

  it("say that the disk is full", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    emulator.settings({ faults: ["disk-full"] });
    const { exitCode, stderr } = await tart(emulator, ["pull", image]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("out of space"),
    });
    expect(await succeed(emulator, "list", "-q", "--source", "oci")).toBe("\n");
  });

  it("are there after another try when the connection was lost on the way", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old" });
    emulator.settings({ faults: ["registry:1"] });
    const { exitCode, stderr } = await tart(emulator, ["clone", image, "copy"]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Error: Error Domain=NSURLErrorDomain Code=-1005 /),
    });
    expect(emulator.leftovers()).toEqual([]);
    await succeed(emulator, "clone", image, "copy");
  });

  it("are given up for a copy that has no room, unless the environment forbids it", async () => {
    const { emulator } = given;
    emulator.image({ name: image, os: "linux", agent: "old", diskGigabytes: 40 });
    await succeed(emulator, "pull", image);
    emulator.settings({ freeGiB: 1 });
    const kept = await tart(emulator, ["clone", "base", "a"], { environment: { TART_NO_AUTO_PRUNE: "" } });
    expect(kept.exitCode).toBe(0);
    expect(await succeed(emulator, "list", "-q", "--source", "oci")).toContain(image);
    await succeed(emulator, "clone", "base", "b", "--prune-limit", "0");
    expect(await succeed(emulator, "list", "-q", "--source", "oci")).toContain(image);
    await succeed(emulator, "clone", "base", "c");
    expect(await succeed(emulator, "list", "-q", "--source", "oci")).toBe("\n");
  });
});

describe("registries with credentials", () => {
  const user = { username: "me", password: "s3cret" };

  it("take those of the environment, and those of a login", async () => {
    const { emulator } = given;
    demandCredentials();
    const refused = await tart(emulator, ["pull", image]);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("401") });
    const environment = { TART_REGISTRY_USERNAME: user.username, TART_REGISTRY_PASSWORD: user.password };
    expect(await tart(emulator, ["pull", image], { environment })).toMatchObject({ exitCode: 0 });
    const wrongHost = { ...environment, TART_REGISTRY_HOSTNAME: "other.example" };
    expect(await tart(emulator, ["pull", image], { environment: wrongHost })).toMatchObject({ exitCode: 1 });
    const login = ["login", "registry.example:5000", "--username", "me", "--password-stdin"];
    const wrong = await tart(emulator, login, { stdin: "wrong\n" });
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^invalid credentials: /) });
    expect(await tart(emulator, login, { stdin: "s3cret\n" })).toMatchObject({ exitCode: 0, stderr: "" });
    await succeed(emulator, "pull", image);
    await succeed(emulator, "logout", "registry.example:5000");
    expect(await tart(emulator, ["pull", image])).toMatchObject({ exitCode: 1 });
  });

  it("are asked for where they are not given", async () => {
    const { emulator } = given;
    demandCredentials();
    const login = ["login", "registry.example:5000"];
    const silent = await tart(emulator, login);
    expect(silent).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: the input ended/) });
    const answered = await tart(emulator, login, { stdin: "me\ns3cret\n" });
    expect(answered).toMatchObject({ exitCode: 0, stderr: "" });
    await succeed(emulator, "pull", image);
  });

  it("cannot be reached through a locked keychain, but through the environment", async () => {
    const { emulator } = given;
    demandCredentials();
    emulator.settings({ faults: ["keychain"] });
    const stderr = expect.stringMatching(/^Error: .*-25308/);
    expect(await tart(emulator, ["pull", image])).toMatchObject({ exitCode: 1, stderr });
    const login = ["login", "registry.example:5000", "--username", "me", "--password-stdin"];
    expect(await tart(emulator, login, { stdin: "s3cret" })).toMatchObject({ exitCode: 1, stderr });
    const environment = { TART_REGISTRY_USERNAME: user.username, TART_REGISTRY_PASSWORD: user.password };
    expect(await tart(emulator, ["pull", image], { environment })).toMatchObject({ exitCode: 0 });
  });

  function demandCredentials(): void {
    given.emulator.image({ name: image, os: "linux", agent: "old" });
    const host = join(given.emulator.home, "emulator-registry/registry.example:5000");
    mkdirSync(host, { recursive: true });
    writeFileSync(join(host, "credentials.json"), JSON.stringify(user));
  }
});

it("prunes what is old or too much, in the cache or among machines that do not run", async () => {
  const { emulator } = given;
  emulator.image({ name: image, os: "linux", agent: "old" });
  await succeed(emulator, "pull", image);
  await succeed(emulator, "prune", "--older-than", "1");
  expect(await succeed(emulator, "list", "-q", "--source", "oci")).toContain(image);
  await succeed(emulator, "prune", "--space-budget", "0");
  expect(await succeed(emulator, "list", "-q", "--source", "oci")).toBe("\n");
  const namespace = join(emulator.home, "cache/OCIs/registry.example:5000/team/mac");
  expect(readdirSync(namespace).map((entry) => lstatSync(join(namespace, entry)))).toEqual([]);
  expect(await succeed(emulator, "list", "-q")).toBe("base\nlinux\n");
});

it("prunes machines that do not run, whatever their state", async () => {
  const { emulator } = given;
  await succeed(emulator, "clone", "base", "running");
  writeFileSync(machine(emulator, "linux").savedState, "");
  const lock = await pretendToRun(emulator, "running");
  await succeed(emulator, "prune", "--entries", "vms", "--space-budget", "0");
  expect(await succeed(emulator, "list", "-q")).toBe("running\n");
  lock.release();
});
