import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CreateOptions,
  createSandbox,
  listSandboxes,
  probeEngine,
  type SandboxEvent,
} from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AppleContainerOptions } from "../src/index.js";
import { type Emulated, emulated, whyNoContainers } from "./emulated.js";

/** Sandboxes that come up, and those that do not. */

const reason = whyNoContainers();
let engine: Emulated;

beforeAll(async () => {
  if (reason === undefined) engine = await emulated({ images: ["dash", "no-shell", "configured"] });
});

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason);
  engine.emulator.settings({});
});

afterEach(async () => {
  if (reason === undefined) expect(await engine.emulator.leftovers()).toEqual([]);
});

afterAll(async () => await engine?.[Symbol.asyncDispose]());

const failed = (options: CreateOptions = {}, settings: AppleContainerOptions = {}) =>
  createSandbox(engine.provider(settings), options).then(
    async (sandbox) => {
      await sandbox.destroy();
      throw new Error("The create should have failed.");
    },
    (error: unknown) => error,
  );

describe("a create that fails says why, and leaves nothing:", () => {
  test.each<[string, CreateOptions, string, RegExp]>([
    ["an image that nobody has", { image: "nosuch:1" }, "image_not_found", /image/],
    ["an image without a shell", { image: "nanoclaw-test/no-shell:1" }, "unsupported", /shell/],
    ["a user that the image does not have", { user: "nosuch" }, "invalid_argument", /user/],
    [
      "a working directory that the user may not make",
      { user: "1000", workdir: "/new/dir" },
      "invalid_argument",
      /directory/,
    ],
    ["too little memory", { limits: { memoryMiB: 100 } }, "unsupported", /200/],
    ["half a CPU", { limits: { cpuCount: 0.5 } }, "unsupported", /1/],
  ])("%s", async (_, options, code, hint) => {
    expect(await failed(options)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });

  test("a directory that is to be read-only and writable, by two names", async () => {
    const directory = mkdtempSync(join(tmpdir(), "container-mounts-"));
    try {
      mkdirSync(join(directory, "real"));
      symlinkSync("real", join(directory, "link"));
      const mounts = [
        { source: join(directory, "real"), target: "/a" },
        { source: join(directory, "link"), target: "/b", readOnly: false },
      ];
      expect(await failed({ mounts })).toMatchObject({ code: "unsupported" });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("no copy of the image, where none may be pulled", async () => {
    expect(await failed({ image: "nosuch:1" }, { pull: "never" })).toMatchObject({
      code: "image_not_found",
      hint: expect.stringContaining("container image pull"),
    });
  });

  test("no program", async () => {
    expect(await failed({}, { program: "/no/such/container" })).toMatchObject({
      code: "engine_unavailable",
      hint: expect.stringContaining("github.com/apple/container"),
    });
  });

  test("an abort during the boot", async () => {
    engine.emulator.settings({ bootMs: 1_500 });
    const controller = new AbortController();
    const creating = failed({ signal: controller.signal });
    await expect
      .poll(() => engine.emulator.leftovers().then((lines) => lines.join("\n")), {
        timeout: 10_000,
        interval: 5,
      })
      .toMatch(/^container sandbox-/m);
    controller.abort();
    expect(await creating).toMatchObject({ code: "aborted" });
  });

  test("a boot that takes too long", async () => {
    engine.emulator.settings({ bootMs: 3_000 });
    expect(await failed({}, { startTimeoutMs: 500 })).toMatchObject({
      code: "engine_unavailable",
      hint: expect.stringContaining("startTimeoutMs"),
    });
  });
});

test("an image is pulled for its first sandbox alone, and its progress is told", async () => {
  await engine.emulator.image({ name: "dash", reference: "registry.example/pulled:1", place: "registry" });
  const events: SandboxEvent[] = [];
  const options = {
    image: "registry.example/pulled:1",
    onEvent: (event: SandboxEvent) => void events.push(event),
  };
  for (const expected of [2, 2]) {
    await using sandbox = await createSandbox(engine.provider(), options);
    expect((await sandbox.exec(["echo", "here"])).stdout).toBe("here\n");
    expect(events.filter((event) => event.type === "progress" && event.phase === "pull")).toHaveLength(
      expected,
    );
  }
});

test("the image's own entry point, user, directory and environment", async () => {
  await using sandbox = await createSandbox(engine.provider(), { image: "nanoclaw-test/configured:1" });
  const { stdout, stderr } = await sandbox.exec('id -un; pwd; echo "$GREETING"');
  expect({ stdout, stderr }).toEqual({
    stdout: "agent\n/home/agent/work\nhello from the image\n",
    stderr: "",
  });
});

test("what was asked for is in the guest", async () => {
  const options = {
    user: "1000",
    workdir: "/tmp/new/dir",
    env: { A: "a\nb", EMPTY: "" },
    network: "none",
  } as const;
  await using sandbox = await createSandbox(engine.provider({ readOnlyRootfs: true }), options);
  const look =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's braces
    'id -u; pwd; printf "%s|" "$A" "${EMPTY-unset}"; grep -c : /proc/net/dev; touch /x 2>/dev/null || echo no';
  expect((await sandbox.exec(look)).stdout).toBe("1000\n/tmp/new/dir\na\nb||1\nno\n");
});

describe("starts are made one at a time:", () => {
  test("twenty at once come through, and a failure among them is its own", async () => {
    engine.emulator.settings({ bootMs: 50 });
    const provider = engine.provider();
    const creating = Array.from({ length: 20 }, (_, index) =>
      createSandbox(provider, index === 7 ? { user: "nosuch" } : {}).catch((error: unknown) => error),
    );
    const made = await Promise.all(creating);
    const sandboxes = made.flatMap((each, index) =>
      index === 7 ? [] : [each as Awaited<ReturnType<typeof createSandbox>>],
    );
    expect(made[7]).toMatchObject({ code: "invalid_argument" });
    const outputs = await Promise.all(sandboxes.map((each) => each.exec(["hostname"])));
    expect(outputs.map(({ stdout }) => stdout)).toEqual(sandboxes.map(({ id }) => `${id}\n`));
    expect(await listSandboxes(provider)).toHaveLength(19);
    await Promise.all(sandboxes.map((each) => each.destroy()));
  }, 120_000);

  test("each has its own time from its turn on, and whoever gives up waiting was never begun", async () => {
    engine.emulator.settings({ bootMs: 700 });
    const provider = engine.provider({ startTimeoutMs: 2_500 });
    const others = [1, 2, 3, 4].map(() => createSandbox(provider));
    const impatient = createSandbox(provider, { timeoutMs: 1_000 });
    await expect(impatient).rejects.toMatchObject({ code: "timeout" });
    for (const sandbox of await Promise.all(others)) await sandbox.destroy();
  }, 60_000);
});

describe("a service that is down", () => {
  let down: Emulated;
  beforeAll(async () => {
    if (reason === undefined) down = await emulated({ up: false });
  });
  afterAll(async () => await down?.[Symbol.asyncDispose]());

  test("is told with the command that starts it, and started where that is allowed", async () => {
    await expect(createSandbox(down.provider())).rejects.toMatchObject({
      code: "engine_unavailable",
      hint: expect.stringContaining("container system start --enable-kernel-install"),
    });
    expect((await probeEngine(down.provider())).available).toBe(false);
    await using sandbox = await createSandbox(down.provider({ startService: true }));
    expect((await sandbox.exec(["echo", "up"])).stdout).toBe("up\n");
    expect(await probeEngine(down.provider())).toMatchObject({ available: true, version: "1.2.2" });
  });
});

describe("releases:", () => {
  test("one before 1.0 is refused", async () => {
    engine.emulator.settings({ version: "0.12.3" });
    expect(await failed()).toMatchObject({
      code: "engine_unavailable",
      message: expect.stringContaining("0.12.3 is too old"),
      retryable: false,
    });
    expect((await probeEngine(engine.provider())).available).toBe(false);
  });

  test("a service of another version is reported", async () => {
    engine.emulator.settings({ version: "1.4.1", serviceVersion: "1.2.2" });
    const { available, problems } = await probeEngine(engine.provider());
    expect(available).toBe(true);
    expect(problems.map(({ message }) => message)).toContain(
      "The service is 1.2.2, and `container` is 1.4.1.",
    );
  });
});
