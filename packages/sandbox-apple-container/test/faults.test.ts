import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  attachSandbox,
  type CreateOptions,
  collectGarbage,
  createSandbox,
  listSandboxes,
  type SandboxError,
} from "@nanoclaw/sandbox";
import { quote } from "@nanoclaw/sandbox/adapter";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { context, type Emulated, emulated, installation, requestOf, whyNoContainers } from "./emulated.js";

/** What goes wrong with an engine, and ends as an error with a code or as if nothing had been. */

const reason = whyNoContainers();
let engine: Emulated;

beforeAll(async () => {
  if (reason === undefined) engine = await emulated();
});

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason);
  engine.emulator.settings({});
});

afterEach(async () => {
  if (reason !== undefined) return;
  await expect.poll(() => engine.emulator.leftovers(), { timeout: 10_000 }).toEqual([]);
});

afterAll(async () => await engine?.[Symbol.asyncDispose]());

const failed = (options: CreateOptions = {}, settings = {}): Promise<SandboxError> =>
  createSandbox(engine.provider(settings), options).then(
    async (sandbox) => {
      await sandbox.destroy();
      throw new Error("The create should have failed.");
    },
    (error: SandboxError) => error,
  );

describe("a create meets", () => {
  test.each<[string, string, CreateOptions, string]>([
    ["a client that is translated", "rosetta", {}, "engine_unavailable"],
    ["a locked keychain", "keychain", { image: "registry.example/one:1" }, "permission_denied"],
    ["a line that breaks in a pull", "registry", { image: "registry.example/one:1" }, "image_not_found"],
    ["a service that goes away during run", "interrupt-run", {}, "engine_unavailable"],
    ["a service that is away for every list", "interrupt-list", {}, "engine_unavailable"],
  ])("%s, and leaves nothing", async (_, fault, options, code) => {
    await engine.emulator.image({ name: "dash", reference: "registry.example/one:1", place: "registry" });
    engine.emulator.settings({ faults: [fault] });
    const error = await failed(options);
    expect(error).toMatchObject({ code, hint: expect.any(String) });
    engine.emulator.settings({});
    await collectGarbage(engine.provider());
  });

  test("a service that goes away during list, which starts again when it is asked again", async () => {
    engine.emulator.settings({ faults: ["interrupt-list:1"] });
    await using sandbox = await createSandbox(engine.provider());
    expect((await sandbox.exec(["echo", "here"])).stdout).toBe("here\n");
    // The emulator notes each time that a fault struck.
    expect(existsSync(join(engine.emulator.home, "emulator-faults", "interrupt-list.1"))).toBe(true);
  });

  test("a missing kernel", async () => {
    engine.emulator.settings({ kernel: false });
    expect(await failed()).toMatchObject({
      code: "engine_unavailable",
      hint: expect.stringContaining("kernel set --recommended"),
    });
  });

  for (const fault of ["hang-system-status", "hang-image-inspect", "hang-run:1", "hang-list:1"]) {
    test(`${fault}: its own time limit holds, and nothing is left when the engine answers again`, {
      tags: fault === "hang-run:1" ? [] : ["thorough"],
      timeout: 60_000,
    }, async () => {
      engine.emulator.settings({ faults: [fault] });
      const began = performance.now();
      expect(await failed({ timeoutMs: 2_500 })).toMatchObject({ code: "timeout" });
      expect(performance.now() - began).toBeLessThan(25_000);
      engine.emulator.settings({});
      await collectGarbage(engine.provider());
    });
  }

  test("an engine without an answer is told as that within the adapter's own deadline, and the next call fails at once", async () => {
    engine.emulator.settings({ faults: ["hang-list", "hang-system-status"] });
    const provider = engine.provider();
    const began = performance.now();
    await expect(listSandboxes(provider, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: "engine_unavailable",
      message: expect.stringContaining("gave no answer for 15000 ms"),
    });
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect(listSandboxes(provider)).rejects.toMatchObject({
      message: expect.stringContaining("stopped answering"),
    });
    const again = performance.now();
    await expect(createSandbox(provider)).rejects.toMatchObject({ code: "engine_unavailable" });
    expect(performance.now() - again).toBeLessThan(1_000);
  }, 60_000);

  test("a service that is too busy for its networks, which is tried again", async () => {
    engine.emulator.settings({ faults: ["network-list:2"] });
    await using sandbox = await createSandbox(engine.provider());
    expect((await sandbox.exec(["echo", "here"])).stdout).toBe("here\n");
  });
});

describe("a sandbox that runs meets", () => {
  test("an exec that never begins: its command's time limit holds, and the sandbox ends", async () => {
    const sandbox = await createSandbox(engine.provider());
    engine.emulator.settings({ faults: ["hang-exec"] });
    // With input, so that it needs a lane of its own.
    await expect(
      sandbox.exec(["cat"], { input: "x".repeat(10_000), timeoutMs: 2_000 }),
    ).rejects.toMatchObject({
      code: "timeout",
    });
    expect((await sandbox.exec(["echo", "main"])).stdout).toBe("main\n");
    engine.emulator.settings({});
    await sandbox.destroy();
  });

  test("deletions that fail over processes that are gone (apple-container.md §11.1)", async () => {
    const sandbox = await createSandbox(engine.provider());
    engine.emulator.settings({ faults: ["delete:2"] });
    await sandbox.destroy();
    expect(await listSandboxes(engine.provider())).toEqual([]);
  });

  test("deletions that are said to have succeeded and have not: only the list is believed (I#2286)", async () => {
    const program = join(engine.directory, "lying-container");
    const real = quote(engine.options.program ?? "");
    writeFileSync(program, `#!/bin/sh\ncase $1 in stop|kill|delete) exit 0 ;; esac\nexec ${real} "$@"\n`);
    chmodSync(program, 0o755);
    const request = requestOf();
    const driver = await engine.provider().create(request, context());
    await expect(
      engine.provider({ program }).remove(request.id, installation, context()),
    ).rejects.toMatchObject({
      code: "cleanup_failed",
      hint: expect.stringContaining(`container delete --force ${request.id}`),
    });
    await driver.destroy(context());
  }, 60_000);

  test("a crash of the service: its end is told as lost, or goes unnoticed, and nothing of it stays (I#2286)", async () => {
    const provider = engine.provider();
    const sandbox = await createSandbox(provider);
    engine.emulator.settings({ faults: ["service-crash:1"] });
    await listSandboxes(provider).catch(() => undefined);
    engine.emulator.settings({});
    await engine.cli.call(["system", "start", "--enable-kernel-install"], {
      signal: AbortSignal.timeout(30_000),
    });
    await sandbox.destroy();
    expect(await listSandboxes(provider)).toEqual([]);
  });

  test("a reader that is late: output which the engine gives up is told as lost, never as all there was (§2.3)", {
    tags: ["thorough"],
  }, async () => {
    await using sandbox = await createSandbox(engine.provider());
    // More than fits into what is between the guest and the reader, so that the client still holds some of it.
    const child = await sandbox.spawn(["sh", "-c", "head -c 560000 /dev/zero; echo end >&2"]);
    await delay(8_000);
    const read = async () => {
      let count = 0;
      for await (const { data } of child) count += data.length;
      return count;
    };
    await expect(read()).rejects.toMatchObject({
      code: "sandbox_lost",
      hint: expect.stringContaining("three seconds"),
    });
  });

  test("a removal by somebody else", async () => {
    const provider = engine.provider();
    await using sandbox = await createSandbox(provider);
    const running = sandbox.exec(["sleep", "1000"]);
    running.catch(() => undefined);
    await engine.cli.call(["delete", "--force", "--", sandbox.id], { signal: AbortSignal.timeout(30_000) });
    await expect(running).rejects.toMatchObject({ code: "sandbox_lost" });
    await expect(attachSandbox(provider, sandbox.id)).rejects.toMatchObject({ code: "sandbox_not_found" });
  });

  test("what the driver's own processes may meet: users, directories, programs", async () => {
    const provider = engine.provider();
    const request = requestOf({ env: { A: "of the sandbox" } });
    const driver = await provider.create(request, context());
    try {
      await expect(driver.spawn({ argv: ["true"], user: "nosuch" }, context())).rejects.toMatchObject({
        code: "invalid_argument",
      });
      await expect(driver.spawn({ argv: ["true"], cwd: "/no/such" }, context())).rejects.toMatchObject({
        code: "invalid_argument",
      });
      const missing = await driver.spawn({ argv: ["nosuch"] }, context());
      for await (const _ of missing.output);
      await expect(missing.exited).resolves.toEqual({ exitCode: 127, signal: null });
      const spec = {
        argv: ["sh", "-c", "id -u; pwd; env | grep ^A="],
        env: { A: "new" },
        cwd: "/tmp",
        user: "1000",
      };
      const process = await driver.spawn(spec, context());
      let output = "";
      for await (const { data } of process.output) output += Buffer.from(data).toString();
      expect(output).toBe("1000\n/tmp\nA=new\n");
    } finally {
      await driver.destroy(context());
    }
    await expect(driver.spawn({ argv: ["true"] }, context())).rejects.toMatchObject({ code: "sandbox_lost" });
    await provider.remove(request.id, installation, context());
  });
});
