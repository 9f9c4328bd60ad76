import { existsSync, realpathSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Bench, call, collect, run } from "./guest.js";

const target = realpathSync("/bin/sh");

/** The guest's shell is the host's, which is dash, bash or BusyBox. Each takes the others' place here. */
describe.each(["/bin/dash", "/bin/bash", "/bin/busybox"])("with %s as the guest's shell", (shell) => {
  const options = { skip: !existsSync(shell) };
  const mounts = [{ source: shell, target, readOnly: true }];

  test("processes start, take signals, end, and are reaped", options, async () => {
    await using bench = new Bench();
    const driver = await bench.create({ mounts });
    expect(await run(driver, "cat; echo e >&2; exit 3", { input: "in" })).toEqual({
      stdout: "in",
      stderr: "e\n",
      exitCode: 3,
    });
    const interrupted = "kill -INT $$; echo survived";
    expect(await run(driver, interrupted)).toEqual({ stdout: "", stderr: "", exitCode: 130 });
    await run(driver, "(sleep 0.01 &)");
    const zombies = "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l";
    await expect.poll(async () => (await run(driver, zombies)).stdout.trim()).toBe("0");
  });

  test(
    "the main process is a child of process 1, can be interrupted, and ends the sandbox",
    options,
    async () => {
      await using bench = new Bench();
      const mainCommand = ["/bin/sh", "-c", "echo $PPID; kill -INT $$; echo survived"];
      const driver = await bench.create({ mounts, mainCommand });
      const main = driver.main as NonNullable<typeof driver.main>;
      expect((await collect(main)).stdout).toBe("1\n");
      expect((await main.exited).exitCode).toBe(130);
      await expect(driver.spawn({ argv: ["true"] }, call())).rejects.toMatchObject({ code: "sandbox_lost" });
    },
  );
});
