import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findControlGroupHost } from "../src/control-group-host.js";
import { planControlGroups } from "../src/control-groups.js";
import { Bench, run } from "./guest.js";

const host = findControlGroupHost();
const can = (controller: "cpu" | "memory" | "pids") => ({ skip: host.parents[controller] === undefined });

/** Skipped, and said so, where this user has no control groups. */
describe(`limits by control groups, version ${host.version}`, () => {
  test("memory: the kernel kills what takes more, and that is counted", can("memory"), async () => {
    await using bench = new Bench();
    const driver = await bench.create({ limits: { memoryMiB: 64 } });
    expect(await driver.outOfMemoryKills()).toBe(0);
    const greedy = await run(driver, ["dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1"]);
    expect(greedy).toEqual({ stdout: "", stderr: "", exitCode: 137 });
    expect(await driver.outOfMemoryKills()).toBe(1);
    expect((await run(driver, "echo alive")).stdout).toBe("alive\n");
    const { memoryBytes, memoryLimitBytes } = await driver.stats();
    expect(memoryLimitBytes).toBe(64 * 2 ** 20);
    expect(memoryBytes).toBeLessThan(64 * 2 ** 20);
  });

  test("memory: files fill their half and no more, and nothing is killed", can("memory"), async () => {
    await using bench = new Bench();
    const driver = await bench.create({ limits: { memoryMiB: 64 } });
    const { stdout, stderr } = await run(driver, "head -c 200M /dev/zero >/tmp/x; stat -c %s /tmp/x");
    expect(stderr).toContain("No space left");
    expect(Number(stdout)).toBeLessThanOrEqual(32 * 2 ** 20);
    expect(await driver.outOfMemoryKills()).toBe(0);
  });

  test("processes: no more can be started, and the host does not notice", can("pids"), async () => {
    await using bench = new Bench();
    const driver = await bench.create({ limits: { pidCount: 30 } });
    const { stderr } = await run(
      driver,
      "i=0; while [ $i -lt 60 ]; do sleep 5 >/dev/null 2>&1 & i=$((i + 1)); done",
    );
    expect(stderr).toMatch(/Cannot fork|Resource temporarily unavailable/);
    expect((await driver.stats()).pidCount).toBeLessThanOrEqual(30);
  });

  test(
    "processes: with however much room, one runs or is told at once that there is none, and room again is used",
    can("pids"),
    async () => {
      await using bench = new Bench();
      const pidCount = 30;
      const driver = await bench.create({ limits: { pidCount } });
      const said = driver.main?.output[Symbol.asyncIterator]();
      const main = async (code: string): Promise<string> => {
        driver.main?.stdin.write(`${code}\n`);
        return Buffer.from((await said?.next())?.value.data ?? []).toString();
      };
      const outcome = async (): Promise<string> => {
        try {
          const { exitCode, stderr } = await run(driver, ["true"]);
          return `exit ${exitCode} ${stderr}`.trim();
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      expect(await main("echo begun")).toBe("begun\n");
      expect(await outcome()).toBe("exit 0");
      // Process 1, the main shell and the starter. Outside, bubblewrap has a place too.
      const idle = 3;
      const seen = new Set<string>();
      for (let room = 0; room < 8; room++) {
        await expect.poll(async () => (await driver.stats()).pidCount).toBe(idle);
        const take = `i=0 p=; while [ $i -lt ${pidCount - idle - 1 - room} ]; do sleep 1000 & p="$p $!" i=$((i + 1)); done`;
        expect(await main(`${take}; echo full`)).toBe("full\n");
        const told = await outcome();
        expect(["exit 0", "resource_exhausted"]).toContain(told);
        if (room === 0) expect(told).toBe("resource_exhausted");
        seen.add(told);
        expect(await main("kill $p; wait; echo room")).toBe("room\n");
        expect(await outcome()).toBe("exit 0");
      }
      expect(seen.size).toBe(2);
    },
  );

  test("processors: the kernel holds to the quota", can("cpu"), async () => {
    await using bench = new Bench();
    const driver = await bench.create({ limits: { cpuCount: 0.2 } });
    const before = (await driver.stats()).cpuSeconds ?? 0;
    await run(driver, "timeout 2 sh -c 'while :; do :; done'");
    const used = ((await driver.stats()).cpuSeconds ?? 0) - before;
    expect(used).toBeGreaterThan(0.1);
    expect(used).toBeLessThan(0.8);
  });

  test("groups are there while the sandbox is, and gone with it", {
    skip: Object.keys(host.parents).length === 0,
  }, async () => {
    await using bench = new Bench();
    const limits = { memoryMiB: 64, cpuCount: 1, pidCount: 50 };
    const driver = await bench.create({ limits });
    const groups = planControlGroups(host, limits, driver.id);
    for (const { directory, settings } of groups) {
      for (const [file, value] of settings)
        expect(readFileSync(join(directory, file), "utf8").trim()).toBe(value);
    }
    await driver.destroy({ signal: AbortSignal.timeout(5_000), emit: () => undefined });
    expect(groups.filter(({ directory }) => existsSync(directory))).toEqual([]);
  });
});

test("disk: the guest's own files end where the limit is", async () => {
  await using bench = new Bench();
  const driver = await bench.create({ limits: { diskGiB: 0.01 } });
  const { stderr, stdout } = await run(
    driver,
    "head -c 20M /dev/zero >/tmp/x; stat -c %s /tmp/x; head -c 20M /dev/zero >/work/y",
  );
  expect(stderr.match(/No space left/g)).toHaveLength(2);
  expect(Number(stdout)).toBeLessThanOrEqual(0.01 * 2 ** 30);
});

test("what is used is told without limits, too", async () => {
  await using bench = new Bench();
  const driver = await bench.create();
  await run(driver, "head -c 8M /dev/zero >/tmp/x");
  const { memoryBytes = 0, cpuSeconds, pidCount } = await driver.stats();
  expect(memoryBytes).toBeGreaterThan(8 * 2 ** 20);
  expect(memoryBytes).toBeLessThan(64 * 2 ** 20);
  expect(cpuSeconds).toBeGreaterThanOrEqual(0);
  expect(pidCount).toBeGreaterThanOrEqual(3);
});
