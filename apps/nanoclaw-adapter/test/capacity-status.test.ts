import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addStatusCommand } from "../src/commands/status.js";
import { prometheusText, prometheusType } from "../src/metrics/prometheus.js";
import { parseAddress, serveMetrics } from "../src/metrics/serve.js";
import { collectStatus } from "../src/metrics/status.js";
import { CapacityBench } from "./capacity-installation.js";

const machine = { memoryMiB: 8192, cpuCount: 4 };
let bench: CapacityBench;

beforeEach(() => {
  bench = new CapacityBench();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  bench[Symbol.dispose]();
});

/** One answered, one that never was ready, one lost, one that runs, one that waits; and one of another installation. */
async function busy() {
  const capacity = bench.capacity({ runCount: 1, machine });
  for (const outcome of ["answered", "boot-failed"] as const) {
    const run = await capacity.admit({ folder: "chat", runtime: "docker" }, { timeoutMs: 0 });
    // Times are whole milliseconds, and a run may end within one.
    const begun = Date.now();
    await vi.waitUntil(() => Date.now() > begun, { interval: 1 });
    await run.end(outcome);
  }
  await (await capacity.admit({ folder: "chat", runtime: "local" }, { timeoutMs: 0 }))[Symbol.asyncDispose]();
  const slot = await capacity.admit({ folder: "finance", runtime: "tart", cpuCount: 2 }, { timeoutMs: 0 });
  const other = await bench
    .capacity({ machine }, "two")
    .admit({ folder: "legal", runtime: "tart" }, { timeoutMs: 0 });
  const abort = new AbortController();
  const waiting = capacity.admit(
    { folder: "chat", runtime: "docker" },
    { timeoutMs: 60_000, signal: abort.signal },
  );
  const over = waiting.catch(() => undefined);
  await vi.waitUntil(async () => (await collectStatus(bench.installation())).runs.length === 3, {
    timeout: 20_000,
  });
  return {
    async [Symbol.asyncDispose]() {
      abort.abort();
      await over;
      await slot.end("answered");
      await other.end("answered");
    },
  };
}

test("tells what runs, what waits and for what, and what is taken of each limit", async () => {
  await using _ = await busy();
  const { runs, limits, totals, warnings, damaged } = await collectStatus(bench.installation());
  expect(runs).toMatchObject([
    { folder: "finance", runtime: "tart", state: "running", own: true, pid: process.pid },
    { folder: "legal", runtime: "tart", state: "running", own: false, root: bench.installation("two").root },
    { folder: "chat", runtime: "docker", state: "waiting", position: 1, lacking: [{ limit: "runs" }] },
  ]);
  expect(limits).toEqual([
    { scope: "installation", limit: "runs", taken: 1, most: 1 },
    { scope: "machine", limit: "macos-guests", taken: 2, most: 2 },
    { scope: "machine", limit: "memory", taken: 2048, most: 8192 },
    { scope: "machine", limit: "cpus", taken: 2, most: 4 },
  ]);
  expect(totals.docker.runs).toMatchObject({ answered: 1, "boot-failed": 1 });
  expect(totals.local.runs.lost).toBe(1);
  expect([...warnings, ...damaged]).toEqual([]);
});

test("an installation that never ran anything has nothing to tell, and nothing is made", async () => {
  const status = await collectStatus(bench.installation());
  expect(status).toMatchObject({ runs: [], limits: [], damaged: [], warnings: [] });
  const text = prometheusText(status);
  expect(text).toContain('nanoclaw_sandbox_runs_total{runtime="tart",outcome="lost"} 0\n');
});

test("a killed run is not listed any more, and is counted by whoever looks first", async () => {
  const run = { need: { folder: "chat", runtime: "docker" as const }, holdMs: 1_000_000 };
  const child = bench.worker({ machine }, [run]);
  await vi.waitUntil(() => bench.lines.some(({ began }) => began), { timeout: 20_000 });
  child.kill("SIGKILL");
  await child.over;
  for (let look = 0; look < 2; look++) {
    const { runs, totals } = await collectStatus(bench.installation());
    expect(runs).toEqual([]);
    expect(totals.docker.runs.lost).toBe(1);
  }
});

/** Names, types and labels as the text format wants them: a family's head before its samples, each sample once. */
function parsePrometheus(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.trimEnd().split("\n")) {
    const [, family, type] = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (family && type) types.set(family, type);
    if (line.startsWith("#")) continue;
    const [, name = "", labels = "", value] =
      /^([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (\S+)$/.exec(line) ?? [];
    const head = [name, name.replace(/_(bucket|sum|count)$/, "")].find((each) => types.has(each));
    expect(head, line).toBeDefined();
    expect(samples.has(name + labels), line).toBe(false);
    expect(Number.isFinite(Number(value)), line).toBe(true);
    samples.set(name + labels, Number(value));
  }
  return samples;
}

test("Prometheus gets the four figures of the dashboard, and the others", async () => {
  await using _ = await busy();
  const samples = parsePrometheus(prometheusText(await collectStatus(bench.installation())));
  const value = (rest: string) => samples.get(`nanoclaw_sandbox_${rest}`);
  expect(value('minutes_used_total{runtime="docker"}')).toBeGreaterThan(0);
  expect(value('runs_total{runtime="docker",outcome="answered"}')).toBe(1);
  expect(value('queue_size{runtime="docker"}')).toBe(1);
  expect(value('queue_seconds_count{runtime="docker"}')).toBe(2);
  expect(value('queue_seconds_bucket{runtime="docker",le="+Inf"}')).toBe(2);
  expect(value('queue_seconds_sum{runtime="docker"}')).toBeGreaterThanOrEqual(0);
  expect(value('running{runtime="tart"}')).toBe(1);
  expect(value('boot_failures_total{runtime="docker"}')).toBe(1);
  expect(value('runs_total{runtime="local",outcome="lost"}')).toBe(1);
  expect(value('limit{scope="machine",limit="macos-guests"}')).toBe(2);
  expect(value('limit_taken{scope="machine",limit="macos-guests"}')).toBe(2);
  expect(value("damaged_files")).toBe(0);
});

/** What the command prints. */
async function command(...words: string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text, done) => {
    printed.push(String(text));
    (done as unknown as () => void)();
    return true;
  });
  vi.stubEnv("XDG_STATE_HOME", `${bench.directory}/state`);
  const program = new Command()
    .option("--root <directory>")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  addStatusCommand(program);
  await program.parseAsync(["--root", bench.directory, "status", ...words], { from: "user" });
  return printed.join("");
}

test("the command prints a table, JSON and Prometheus' format, and refuses two of them at once", async () => {
  expect(await command()).toMatch(/^MINUTES USED +RUNS +QUEUE SIZE +QUEUE TIME\n0\.0 +0 +0 +-\n$/);
  expect(JSON.parse(await command("--json"))).toMatchObject({
    figures: { minutesUsed: 0, runs: 0, queueSize: 0, queueSeconds: null },
    root: bench.directory,
  });
  expect(await command("--prometheus")).toContain("# TYPE nanoclaw_sandbox_queue_seconds histogram\n");
  await expect(command("--json", "--prometheus")).rejects.toMatchObject({
    code: "commander.conflictingOption",
  });
  await expect(command("--listen", "0.0.0.0:9477")).rejects.toMatchObject({ code: "invalid_argument" });
});

test.each(["127.0.0.1:9477", "[::1]:0", "localhost:65535"])("serves at %s", (address) => {
  expect(parseAddress(address).port).toBe(Number(address.split(":").pop()));
});

test.each(["9477", "0.0.0.0:9477", "127.0.0.1:65536", "127.0.0.1:", "example.org:80", "[::]:80"])(
  "does not serve at %s",
  (address) => expect(() => parseAddress(address)).toThrow("Metrics are not served"),
);

test("serves metrics over HTTP, tells a failure, and says when a port is taken", async () => {
  let text = async () => "a 1\n";
  const server = await serveMetrics({ host: "127.0.0.1", port: 0 }, () => text());
  try {
    const { port } = server.address() as AddressInfo;
    const ask = (path: string, method = "GET") =>
      new Promise<[number | undefined, string | undefined, string]>((resolve, reject) => {
        get({ host: "127.0.0.1", port, path, method, agent: false }, async (response) => {
          const chunks = await response.toArray();
          resolve([response.statusCode, response.headers["content-type"], Buffer.concat(chunks).toString()]);
        }).on("error", reject);
      });
    expect(await ask("/metrics")).toEqual([200, prometheusType, "a 1\n"]);
    expect((await ask("/"))[0]).toBe(404);
    expect((await ask("/metrics", "POST"))[0]).toBe(405);
    text = () => Promise.reject(new Error("no disk"));
    expect((await ask("/metrics")).slice(0, 3)).toEqual([500, "text/plain; charset=utf-8", "no disk\n"]);
    await expect(serveMetrics({ host: "127.0.0.1", port }, text)).rejects.toMatchObject({
      code: "invalid_argument",
    });
  } finally {
    server.close();
  }
});
