import type { ProcessSpec, RawProcess, SandboxDriver } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import { context, onDocker, readAll, readUntil, request } from "./engines.js";

onDocker("processes", (provide, engine) => {
  const start = () => provide().create(request(), context);

  async function run(driver: SandboxDriver, spec: ProcessSpec): Promise<RawProcess> {
    const process = await driver.spawn(spec, context);
    process.stdin.end();
    return process;
  }

  it("keeps stdout and stderr apart and tells the exit code", async () => {
    const driver = await start();
    const process = await run(driver, { argv: ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"] });
    expect(await readAll(process)).toEqual({ stdout: "out\n", stderr: "err\n" });
    expect(await process.exited).toEqual({ exitCode: 3, signal: null });
  });

  it("passes arguments on as they are, and takes user, directory and environment", async () => {
    const driver = await start();
    const script = 'echo "$(id -u) $PWD"; printf "<%s>" "$X" "$@"';
    const process = await run(driver, {
      argv: ["/bin/sh", "-c", script, "sh", "", " ", "$HOME", '"', "'", "é\n"],
      user: "12345",
      cwd: "/etc",
      env: { X: "a=b\n'c'" },
    });
    expect((await readAll(process)).stdout).toBe(`12345 /etc\n<a=b\n'c'><>< ><$HOME><"><'><é\n>`);
  });

  it("gives end of input, and the output that comes after it", async () => {
    const driver = await start();
    const process = await driver.spawn({ argv: ["/bin/sh", "-c", "cat; sleep 0.2; echo after"] }, context);
    process.stdin.write("first ");
    process.stdin.end("second ");
    expect((await readAll(process)).stdout).toBe("first second after\n");
  });

  // Podman itself drops the last of the output then, with any client.
  it.skipIf(engine === "podman")(
    "loses no output of a process that ends while input is on its way",
    async () => {
      const driver = await start();
      const script = "head -c 1 >/dev/null; yes | head -c 3000000";
      const process = await driver.spawn({ argv: ["/bin/sh", "-c", script] }, context);
      // More than all buffers on the way hold, so that writing goes on after the process has ended.
      process.stdin.write(Buffer.alloc(8 << 20));
      let bytes = 0;
      for await (const { data } of process.output) {
        bytes += data.length;
        // A slow reader: the process ends long before its output has been read.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(bytes).toBe(3_000_000);
      expect(await process.exited).toEqual({ exitCode: 0, signal: null });
    },
  );

  it("passes every byte value both ways", async () => {
    const driver = await start();
    const bytes = Buffer.from(Array.from({ length: 256 * 1024 }, (_, index) => (index * 7) % 256));
    const process = await driver.spawn({ argv: ["cat"] }, context);
    process.stdin.end(bytes);
    const pieces: Uint8Array[] = [];
    for await (const { data } of process.output) pieces.push(data);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it("slows down a process whose output nobody reads", async () => {
    const driver = await start();
    const script =
      "i=0; while [ $i -lt 400 ]; do head -c 65536 /dev/zero; i=$((i+1)); echo $i >/tmp/count; done";
    const process = await run(driver, { argv: ["/bin/sh", "-c", script] });
    const output = process.output[Symbol.asyncIterator]();
    await output.next();
    const count = async () =>
      Number((await readAll(await run(driver, { argv: ["cat", "/tmp/count"] }))).stdout);
    // It stands still when two looks at it agree.
    let stopped = -1;
    await expect
      .poll(
        async () => {
          const before = stopped;
          stopped = await count();
          return stopped - before;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(200);
    let bytes = 65536;
    for (let next = await output.next(); !next.done; next = await output.next())
      bytes += next.value.data.length;
    expect(await process.exited).toEqual({ exitCode: 0, signal: null });
    expect(bytes).toBeGreaterThan(400 * 65536 - 65536);
  });

  it("gives a terminal of the size that was asked for, and resizes it", async () => {
    const driver = await start();
    const script = "read -r _; stty size; read -r _; stty size; echo err >&2";
    const process = await driver.spawn(
      { argv: ["/bin/sh", "-c", script], tty: { columns: 101, rows: 33 } },
      context,
    );
    const output = process.output[Symbol.asyncIterator]();
    process.stdin.write("go\n");
    expect(await readUntil(output, "33 101")).toContain("33 101");
    await process.resize?.({ columns: 77, rows: 11 });
    process.stdin.write("go\n");
    expect(await readUntil(output, "err")).toContain("11 77");
  });

  it("passes every byte to a terminal in raw mode, the engine's own keys too", async () => {
    const driver = await start();
    const process = await driver.spawn(
      { argv: ["/bin/sh", "-c", "stty raw -echo; echo ready; head -c 256"], tty: { columns: 80, rows: 24 } },
      context,
    );
    const output = process.output[Symbol.asyncIterator]();
    await readUntil(output, "ready\n");
    // Among them Ctrl-P Ctrl-Q, by which Docker would let go of the terminal.
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    process.stdin.write(every);
    const pieces: Uint8Array[] = [];
    for (let next = await output.next(); !next.done; next = await output.next()) pieces.push(next.value.data);
    expect(Buffer.concat(pieces).equals(every)).toBe(true);
  });

  describe("that cannot be started", () => {
    it.each([
      ["no such program", { argv: ["nosuchprogram"] }, 127],
      ["no such file", { argv: ["/no/such/program"] }, 127],
      ["not executable", { argv: ["/etc/passwd"] }, 126],
    ])("%s", async (_, spec, exitCode) => {
      const process = await run(await start(), spec);
      const { stdout, stderr } = await readAll(process);
      expect(stdout).toBe("");
      expect(stderr).not.toBe("");
      expect(await process.exited).toEqual({ exitCode, signal: null });
    });

    it.each<[string, ProcessSpec]>([
      ["unknown user", { argv: ["true"], user: "nosuchuser" }],
      ["missing directory", { argv: ["true"], cwd: "/no/such" }],
    ])("%s", async (_, spec) => {
      const driver = await start();
      const outcome = run(driver, spec).then(async (process) => {
        await readAll(process);
        return process.exited;
      });
      await expect(outcome).rejects.toMatchObject({ code: "invalid_argument", hint: expect.any(String) });
    });
  });

  it("takes the engine's own words for those of a program that prints them", async () => {
    const driver = await start();
    const words = "OCI runtime exec failed: nothing of the kind";
    const process = await run(driver, { argv: ["/bin/sh", "-c", `echo '${words}'; exit 3`] });
    expect(await readAll(process)).toEqual({ stdout: `${words}\n`, stderr: "" });
    expect(await process.exited).toEqual({ exitCode: 3, signal: null });
  });

  it("says that the sandbox is lost to a process that comes too late", async () => {
    const driver = await start();
    driver.main?.stdin.end();
    const outcome = run(driver, { argv: ["sleep", "1000"] }).then(readAll);
    await expect(outcome).rejects.toMatchObject({
      code: expect.stringMatching(/sandbox_lost|sandbox_not_found/),
    });
  });

  it("says that the sandbox is lost to processes that run when it ends", async () => {
    const driver = await start();
    const process = await driver.spawn({ argv: ["/bin/sh", "-c", "echo runs; sleep 1000"] }, context);
    const output = process.output[Symbol.asyncIterator]();
    await readUntil(output, "runs");
    driver.main?.stdin.end();
    await expect(output.next()).rejects.toMatchObject({ code: "sandbox_lost" });
    await expect(process.exited).rejects.toMatchObject({ code: "sandbox_lost" });
    await expect(driver.spawn({ argv: ["true"] }, context)).rejects.toMatchObject({
      code: expect.stringMatching(/sandbox_lost|sandbox_not_found/),
    });
  });
});
