import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdapterEvent, CreateRequest, SandboxDriver } from "@nanoclaw/sandbox/adapter";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DockerOptions, imageDefaults } from "../src/index.js";
import { context, echo, installation, onDocker, readAll, readUntil, request } from "./engines.js";

onDocker("create", (provide, engine) => {
  const create = (overrides: Partial<CreateRequest> = {}, options?: DockerOptions) =>
    provide(options).create(request(overrides), context);

  /** What a script prints in the sandbox, by a process of its own. */
  async function sh(driver: SandboxDriver, script: string): Promise<string> {
    const process = await driver.spawn({ argv: ["/bin/sh", "-c", script] }, context);
    process.stdin.end();
    const { stdout, stderr } = await readAll(process);
    return stdout + stderr;
  }

  it("gives environment, user and working directory to every process", async () => {
    const main = ["/bin/sh", "-c", 'echo "$X $PWD $(id -u)"; cat'];
    const driver = await create({ env: { X: "1 2" }, workdir: "/etc", user: "1234:5", mainCommand: main });
    const output = driver.main?.output[Symbol.asyncIterator]() as never;
    expect(await readUntil(output, "\n")).toBe("1 2 /etc 1234\n");
    expect(await sh(driver, 'echo "$X $PWD $(id -u):$(id -g)"')).toBe("1 2 /etc 1234:5\n");
  });

  it("hardens: no capabilities, no new privileges, a process limit", async () => {
    const status = await sh(await create(), "cat /proc/self/status");
    expect(status).toMatch(/CapEff:\s0+\n/);
    expect(status).toMatch(/CapBnd:\s0+\n/);
    expect(status).toMatch(/NoNewPrivs:\s1\n/);
  });

  it("opens up what it is told to", async () => {
    const driver = await create({}, { capAdd: ["NET_RAW"], noNewPrivileges: false });
    const status = await sh(driver, "cat /proc/self/status");
    expect(status).toMatch(/CapEff:\s0+2000\n/);
    expect(status).toMatch(/NoNewPrivs:\s0\n/);
  });

  it("limits memory, CPU and processes in the kernel", async () => {
    const driver = await create({ limits: { memoryMiB: 100, cpuCount: 0.5, pidCount: 20 } });
    const read = (path: string) => sh(driver, `cat /sys/fs/cgroup/${path}`);
    const isV2 = (await sh(driver, "ls /sys/fs/cgroup")).includes("cgroup.controllers");
    if (isV2) {
      expect(await read("memory.max")).toBe(`${100 << 20}\n`);
      expect(await read("memory.swap.max")).toBe("0\n");
      expect(await read("cpu.max")).toBe("50000 100000\n");
      expect(await read("pids.max")).toBe("20\n");
    } else {
      expect(await read("memory/memory.memsw.limit_in_bytes")).toBe(`${100 << 20}\n`);
      expect(await read("cpu/cpu.cfs_quota_us")).toBe("50000\n");
      expect(await read("pids/pids.max")).toBe("20\n");
    }
  });

  it("has a read-only root with a writable /tmp", async () => {
    const driver = await create({}, { readOnlyRootfs: true });
    expect(await sh(driver, "echo x >/file; echo y >/tmp/file && cat /tmp/file")).toMatch(/^y\n.*Read-only/);
    expect(driver.archive).toBeUndefined();
  });

  it("has as much shared memory as it is told to", async () => {
    const driver = await create({}, { sharedMemoryMiB: 3 });
    expect(await sh(driver, "df -Pk /dev/shm | tail -n 1")).toMatch(/^\S+ +3072 /);
  });

  it("tells what an image says of its containers", async () => {
    expect(await imageDefaults(provide(), "nanoclaw-test/configured:1")).toMatchObject({
      entrypoint: ["/usr/local/bin/entry-point"],
      command: ["sh"],
      workdir: "/home/agent/work",
      user: "agent",
    });
    const plain = { entrypoint: [], command: ["sh"] };
    expect(await imageDefaults(provide(), "nanoclaw-test/busybox:1")).toMatchObject(plain);
    const missing = imageDefaults(provide(), "nanoclaw-test/missing:1");
    await expect(missing).rejects.toMatchObject({ code: "image_not_found" });
    const path = imageDefaults(provide(), "../containers");
    await expect(path).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("has no network but loopback with network none", async () => {
    const driver = await create({ network: "none" });
    expect(await sh(driver, "ls /sys/class/net")).toBe("lo\n");
  });

  it("runs no health check and no entry point of the image", async () => {
    const image = "nanoclaw-test/configured:1";
    const driver = await create({ image, mainCommand: ["/bin/sh", "-c", "echo here; cat"] });
    expect(await readUntil(driver.main?.output[Symbol.asyncIterator]() as never, "\n")).toBe("here\n");
  });

  describe("mounts", () => {
    let host: string;
    beforeEach(async () => {
      host = await mkdtemp(join(tmpdir(), "docker-mounts-"));
      await mkdir(join(host, "outer/inner"), { recursive: true });
      await mkdir(join(host, "other"));
      await writeFile(join(host, "file"), "of the host");
    });
    afterEach(() => rm(host, { recursive: true }));

    it("a read-only directory inside a writable one, and a file, in any order", async () => {
      const driver = await create({
        mounts: [
          { source: join(host, "other"), target: "/work/inner", readOnly: true },
          { source: join(host, "file"), target: "/work/file", readOnly: true },
          { source: join(host, "outer"), target: "/work", readOnly: false },
        ],
      });
      const said = await sh(
        driver,
        "echo 1 >/work/new; echo 2 >/work/inner/new; echo 3 >/work/file; cat /work/file",
      );
      expect(said.match(/Read-only/g)).toHaveLength(2);
      expect(said).toContain("of the host");
      expect(await readFile(join(host, "outer/new"), "utf8")).toBe("1\n");
    });

    it("refuses a file in the place of a directory", async () => {
      const mounts = [{ source: join(host, "file"), target: "/bin", readOnly: true }];
      await expect(create({ mounts })).rejects.toMatchObject({ code: "invalid_argument" });
    });
  });

  it("opens the ports that it was created with, on loopback alone", async () => {
    const server = "while :; do nc -l -p 3000 -e echo from the guest; done";
    const driver = await create({ network: "open", ports: [3000], mainCommand: ["/bin/sh", "-c", server] });
    const { host, port } = await driver.openPort(3000, context);
    expect(host).toBe("127.0.0.1");
    await expect
      .poll(
        async () => {
          const socket = connect(port, host);
          const pieces: Buffer[] = [];
          socket.on("error", () => socket.destroy());
          socket.on("data", (piece) => pieces.push(piece));
          await new Promise((resolve) => socket.on("close", resolve));
          return Buffer.concat(pieces).toString();
        },
        { timeout: 10_000 },
      )
      .toBe("from the guest\n");
    await expect(driver.openPort(4000, context)).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("measures", async () => {
    const driver = await create({ limits: { memoryMiB: 100 } });
    const stats = await driver.stats(context);
    expect(stats).toMatchObject({ memoryLimitBytes: 100 << 20, cpuSeconds: expect.any(Number) });
    expect(stats.memoryBytes).toBeGreaterThan(0);
    expect(stats.memoryBytes).toBeLessThan(100 << 20);
    // The init, the shell and its cat.
    expect(stats.pidCount).toBeGreaterThanOrEqual(2);
  });

  const hog = "x=0123456789abcdef; while :; do x=$x$x; done";

  it("counts what the kernel killed for want of memory", async () => {
    const driver = await create({ limits: { memoryMiB: 64 } });
    expect(await driver.outOfMemoryKills?.(context)).toBe(0);
    await sh(driver, hog);
    expect(await driver.outOfMemoryKills?.(context)).toBe(1);
    await sh(driver, hog);
    expect(await driver.outOfMemoryKills?.(context)).toBe(2);
  });

  it("counts on when the guest has killed what counts", async () => {
    const driver = await create({ limits: { memoryMiB: 64 } });
    await sh(driver, hog);
    expect(await driver.outOfMemoryKills?.(context)).toBe(1);
    await sh(driver, 'kill -9 $(pidof sh | tr " " "\\n" | grep -vx $$)');
    expect(await driver.outOfMemoryKills?.(context)).toBe(1);
  });

  // Podman does not tell on cgroup v1.
  it.skipIf(engine === "podman")("says that the main process ran out of memory", async () => {
    const driver = await create({ limits: { memoryMiB: 64 }, mainCommand: ["/bin/sh", "-c", hog] });
    await expect(readAll(driver.main as never)).rejects.toMatchObject({
      code: "out_of_memory",
      hint: expect.stringContaining("memoryMiB"),
    });
  });

  it("tells a main process that was killed by somebody else from that", async () => {
    const driver = await create({
      limits: { memoryMiB: 64 },
      mainCommand: ["/bin/sh", "-c", "kill -9 $$"],
    });
    await readAll(driver.main as never);
    expect(await driver.main?.exited).toEqual({ exitCode: 137, signal: null });
  });

  it("says that an image has no shell", async () => {
    const driver = await create({ image: "nanoclaw-test/no-shell:1" });
    await expect(readAll(driver.main as never)).rejects.toMatchObject({
      code: "unsupported",
      hint: expect.any(String),
    });
  });

  describe("refuses, and leaves nothing", () => {
    it.each<[string, Partial<CreateRequest>, DockerOptions, string]>([
      ["a missing image", { image: "nanoclaw-test/nowhere:1" }, {}, "image_not_found"],
      [
        "a missing image, never pulled",
        { image: "nanoclaw-test/nowhere:1" },
        { pull: "never" },
        "image_not_found",
      ],
      ["no name of an image", { image: "UPPER CASE" }, {}, "invalid_argument"],
      ["an unknown user", { user: "nosuchuser" }, {}, "invalid_argument"],
      ["a file as working directory", { workdir: "/etc/passwd" }, {}, "invalid_argument"],
      ["an unknown runtime", {}, { runtime: "nosuchruntime" }, "unsupported"],
      ["an unknown capability", {}, { capAdd: ["NOSUCH"] }, "invalid_argument"],
      ["hardly any memory", { limits: { memoryMiB: 1 } }, {}, "invalid_argument"],
      ["hardly any CPU", { limits: { cpuCount: 0.001 } }, {}, "invalid_argument"],
      [
        "a disk limit that the storage cannot keep",
        { limits: { diskGiB: 1 } },
        { diskQuota: true },
        "unsupported",
      ],
      ["an allow-list", { network: { allow: ["example.org"] } }, {}, "unsupported"],
      ["ports without a network", { network: "none", ports: [3000] }, {}, "invalid_argument"],
    ])("%s", async (_, overrides, options, code) => {
      const provider = provide(options);
      const asked = request(overrides);
      await expect(provider.create(asked, context)).rejects.toMatchObject({ code });
      await provider.remove(asked.id, installation, context);
      expect(await provider.list(installation, context)).toEqual([]);
    });
  });

  it("tells of the pull that it tries", async () => {
    const events: AdapterEvent[] = [];
    const asked = request({ image: "nanoclaw-test/nowhere:1", mainCommand: echo });
    await expect(
      provide().create(asked, { ...context, emit: (event) => events.push(event) }),
    ).rejects.toMatchObject({ code: "image_not_found", message: expect.stringContaining("nowhere") });
    expect(events).toContainEqual(expect.objectContaining({ type: "progress", phase: "pull" }));
  });

  it("reports the engine that it found", async () => {
    const report = await provide().probe(context);
    expect(report).toMatchObject({ available: true, version: expect.stringMatching(/^\d+\./), problems: [] });
    expect(report.details).toMatchObject({ api: expect.stringMatching(/^1\./), runtime: "runc" });
  });
});
