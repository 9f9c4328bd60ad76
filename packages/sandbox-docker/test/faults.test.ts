import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallContext, SandboxError } from "@nanoclaw/sandbox/adapter";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { docker } from "../src/index.js";
import { context, installation, onDocker, readAll, readUntil, request } from "./engines.js";
import { type Fault, type FaultyEngine, faultyEngine } from "./faulty-engine.js";

/** A call that is aborted from outside, and the error that it must reject with. */
function abortable(): { call: CallContext; abort(): void; reason: SandboxError } {
  const controller = new AbortController();
  const reason = new SandboxError("aborted", "The test has had enough.");
  return { call: { ...context, signal: controller.signal }, abort: () => controller.abort(reason), reason };
}

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

onDocker("faults", (provide, _engine, dockerHost) => {
  let faulty: FaultyEngine;
  beforeEach(async () => {
    faulty = await faultyEngine(dockerHost);
  });
  afterEach(() => faulty[Symbol.asyncDispose]());

  const calls: [string, RegExp][] = [
    ["create", /^POST \/containers\/create/],
    ["attach", /^POST \/containers\/[^/]+\/attach/],
    ["read back", /^GET \/containers\/[^/]+\/json/],
    ["start", /^POST \/containers\/[^/]+\/start/],
  ];

  describe.each(calls)("create aborted at %s", (_, pattern) => {
    it.each<Fault["kind"]>(["unheard", "unanswered"])(
      "%s: rejects soon, and leaves nothing after remove",
      async (kind) => {
        const provider = provide({ host: faulty.dockerHost });
        const { call, abort, reason } = abortable();
        const asked = request();
        const reached = faulty.break({ request: pattern, kind });
        const creating = provider.create(asked, call);
        creating.catch(() => undefined);
        await reached;
        const start = performance.now();
        abort();
        await expect(creating).rejects.toBe(reason);
        expect(performance.now() - start).toBeLessThan(1_800);
        // Nothing else is broken, so a removal must find whatever was made.
        void faulty.break({ request: /^nothing/, kind: "unheard" });
        await provider.remove(asked.id, installation, context);
        expect(await provide().list(installation, context)).toEqual([]);
      },
    );
  });

  it.each<[string, RegExp, (options: { call: CallContext; faulty: FaultyEngine }) => Promise<unknown>]>([
    [
      "list",
      /^GET \/containers\/json/,
      ({ call, faulty }) => docker({ host: faulty.dockerHost }).list("x", call),
    ],
    [
      "remove",
      /^GET \/containers\//,
      ({ call, faulty }) => docker({ host: faulty.dockerHost }).remove("x", "y", call),
    ],
    [
      "attach",
      /^GET \/containers\//,
      ({ call, faulty }) => docker({ host: faulty.dockerHost }).attach?.("x", call) as Promise<unknown>,
    ],
    ["probe", /^GET \/info/, ({ call, faulty }) => docker({ host: faulty.dockerHost }).probe(call)],
    [
      "pull",
      /^POST \/images\/create/,
      ({ call, faulty }) => docker({ host: faulty.dockerHost, pull: "always" }).create(request(), call),
    ],
  ])(
    "%s rejects at once when the engine never answers, and closes its connections",
    async (_, pattern, act) => {
      const { call, abort, reason } = abortable();
      const reached = faulty.break({ request: pattern, kind: "unanswered" });
      const acting = act({ call, faulty });
      acting.catch(() => undefined);
      await reached;
      const start = performance.now();
      abort();
      await expect(acting).rejects.toBe(reason);
      expect(performance.now() - start).toBeLessThan(200);
    },
  );

  it.each([
    ["exec", /^POST \/containers\/[^/]+\/exec/],
    ["exec start", /^POST \/exec\/[^/]+\/start/],
    ["statistics", /^GET \/containers\/[^/]+\/stats/],
    ["archive", /^GET \/containers\/[^/]+\/archive/],
    ["removal", /^DELETE/],
  ])("a driver's call rejects at once when the engine never answers: %s", async (_, pattern) => {
    const driver = await provide({ host: faulty.dockerHost }).create(request(), context);
    const { call, abort, reason } = abortable();
    const reached = faulty.break({ request: pattern, kind: "unanswered" });
    const acts: Record<string, () => Promise<unknown>> = {
      exec: () => driver.spawn({ argv: ["true"] }, call),
      "exec start": () => driver.spawn({ argv: ["true"] }, call),
      statistics: () => driver.stats(call),
      archive: () => driver.archive?.pack("/etc", call) as Promise<unknown>,
      removal: () => driver.destroy(call),
    };
    const acting = acts[_]?.() as Promise<unknown>;
    acting.catch(() => undefined);
    await reached;
    const start = performance.now();
    abort();
    await expect(acting).rejects.toBe(reason);
    expect(performance.now() - start).toBeLessThan(200);
    await driver.detach();
  });

  it("tells every process that the engine went away, and the next call too", async () => {
    const driver = await provide({ host: faulty.dockerHost }).create(request(), context);
    const process = await driver.spawn({ argv: ["/bin/sh", "-c", "echo runs; sleep 1000"] }, context);
    const output = process.output[Symbol.asyncIterator]();
    await readUntil(output, "runs");
    const main = readAll(driver.main as never);
    faulty.die();
    const gone = {
      code: expect.stringMatching(/^(engine_unavailable|sandbox_lost)$/),
      cause: expect.anything(),
    };
    await expect(output.next()).rejects.toMatchObject(gone);
    await expect(process.exited).rejects.toMatchObject(gone);
    await expect(main).rejects.toMatchObject(gone);
    await expect(driver.main?.exited).rejects.toMatchObject(gone);
    await expect(driver.spawn({ argv: ["true"] }, context)).rejects.toMatchObject({
      code: "engine_unavailable",
    });
    await expect(driver.destroy(context)).rejects.toMatchObject({ code: "engine_unavailable" });
  });
});

describe("no engine", () => {
  it("is told by every call, with what to do", async () => {
    const provider = docker({ host: "unix:///nowhere/docker.sock" });
    const expected = { code: "engine_unavailable", hint: expect.any(String) };
    await expect(provider.create(request(), context)).rejects.toMatchObject(expected);
    await expect(provider.list("x", context)).rejects.toMatchObject(expected);
    await expect(provider.remove("x", "y", context)).rejects.toMatchObject(expected);
    expect(await provider.probe(context)).toMatchObject({
      available: false,
      endpoint: "unix:///nowhere/docker.sock",
      problems: [{ message: expect.stringContaining("/nowhere/docker.sock"), hint: expect.any(String) }],
    });
  });

  it("is told apart from something else that listens there", async () => {
    const directory = await mkdtemp(join(tmpdir(), "no-engine-"));
    const path = join(directory, "x.sock");
    const server = createServer((socket) => socket.resume().end("SSH-2.0-none\r\n"));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(docker({ host: `unix://${path}` }).list("x", context)).rejects.toMatchObject({
      code: "engine_unavailable",
    });
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true });
  });
});
