import assert from "node:assert/strict";
import { defineChecks } from "../check.js";
import { rejectsWith, within } from "../expect.js";
import { living, newMark } from "../guest/marked-processes.js";
import { proveOwnProcesses } from "../guest/own-processes.js";

export const limitChecks = defineChecks([
  {
    id: "G8.limit-memory",
    guarantee: "G8",
    title: "a memory limit holds, swap included, and leaves alone what stays below it",
    needs: ({ limits }) => limits.memoryMiB || "limits.memoryMiB is not declared",
    tools: ["head", "tail"],
    async run(context) {
      const sandbox = await context.create({ limits: { memoryMiB: 96 } });
      // One line without an end, which tail keeps in memory.
      const keep = (mebibytes: number): string =>
        `head -c ${mebibytes * 2 ** 20} /dev/zero | tail -n 1 | wc -c`;
      const below = await sandbox.exec(keep(24));
      assert.equal(Number(below.stdout), 24 * 2 ** 20, `24 MiB did not fit into 96: ${below.stderr}`);
      const beyond = await sandbox.exec(keep(192)).then(
        ({ stdout }) => Number(stdout),
        (error: unknown) =>
          rejectsWith("192 MiB", Promise.reject(error), "out_of_memory", "sandbox_lost").then(() => 0),
      );
      assert.notEqual(beyond, 192 * 2 ** 20, "192 MiB fitted into a limit of 96");
    },
  },
  {
    id: "G8.limit-memory-told",
    guarantee: "G8",
    title: "the engine itself tells the memory limit that was asked for",
    needs: ({ limits, stats }) =>
      (limits.memoryMiB && stats) || "limits.memoryMiB and stats are not both declared",
    async run(context) {
      const sandbox = await context.create({ limits: { memoryMiB: 256 } });
      const { memoryLimitBytes } = await sandbox.stats();
      assert.equal(memoryLimitBytes, 256 * 2 ** 20);
    },
  },
  {
    id: "G8.limit-cpu",
    guarantee: "G8",
    title: "a limit on CPUs holds: two busy processes get half a CPU's time",
    needs: ({ limits, stats }) =>
      (limits.cpuCount && stats) || "limits.cpuCount and stats are not both declared",
    async run(context) {
      const sandbox = await context.create({ limits: { cpuCount: 0.5 } });
      const before = (await sandbox.stats()).cpuSeconds ?? 0;
      const started = performance.now();
      const busy = sandbox.exec("while :; do :; done & while :; do :; done", { timeoutMs: 2_000 });
      await rejectsWith("busy loops", busy, "timeout");
      const used = ((await sandbox.stats()).cpuSeconds ?? 0) - before;
      const wall = (performance.now() - started) / 1000;
      context.note("CPUs used", used / wall);
      assert.ok(
        used / wall < 0.75,
        `${used.toFixed(2)} s of CPU in ${wall.toFixed(2)} s with a limit of 0.5`,
      );
      // Below it the check would prove nothing: the loops must have been held back, not idle.
      assert.ok(used / wall > 0.1, `the loops used ${used.toFixed(2)} s only`);
    },
  },
  {
    id: "G8.limit-processes",
    guarantee: "G8",
    title: "a limit on processes holds",
    needs: ({ limits }) => limits.pidCount || "limits.pidCount is not declared",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create({ limits: { pidCount: 60 } });
      await proveOwnProcesses(context, sandbox);
      const script = `i=0; while [ $i -lt 150 ]; do sleep ${mark} & i=$((i+1)); done; cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -cx '[4]${mark.slice(1)}'`;
      const outcome = await sandbox.exec(`(${script}) 2>/dev/null`, { timeoutMs: 5_000 }).then(
        ({ exitCode }) => exitCode,
        (error: unknown) =>
          rejectsWith("150 processes", Promise.reject(error), "timeout", "resource_exhausted"),
      );
      // Counted from outside where the guest has no room left for another process.
      const count = await living(sandbox, mark).catch(() => 0);
      assert.ok(count < 60, `${count} processes live at once with a limit of 60 (${String(outcome)})`);
    },
  },
  {
    id: "G5.fork-bomb",
    guarantee: "G5",
    title: "a fork bomb under a limit on processes is gone when its time limit rejects",
    needs: ({ limits }) => limits.pidCount || "limits.pidCount is not declared",
    timeoutMs: 60_000,
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create({ limits: { pidCount: 100 } });
      await proveOwnProcesses(context, sandbox);
      // The command itself stays: a shell that cannot fork gives up.
      const bomb = `bomb() { bomb & sleep ${mark} & bomb; }; bomb 2>/dev/null & exec sleep ${mark}`;
      const exploded = sandbox.exec(bomb, { timeoutMs: 1_500, maxOutputBytes: 1_000 });
      const outcome = await within(
        "a fork bomb with a time limit",
        45_000,
        exploded.then(
          ({ exitCode }) => `exit ${exitCode}`,
          async (error: unknown) => {
            const codes = ["timeout", "resource_exhausted", "sandbox_lost"] as const;
            return (await rejectsWith("a fork bomb", Promise.reject(error), ...codes)).code;
          },
        ),
      );
      context.note("ended by", outcome);
      if (outcome === "sandbox_lost") return;
      assert.equal(await living(sandbox, mark), 0, "processes of the bomb live on");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G8.limit-disk",
    guarantee: "G8",
    title: "a limit on disk space holds and is told as a full disk",
    needs: ({ limits }) => limits.diskGiB || "limits.diskGiB is not declared",
    timeoutMs: 120_000,
    async run(context) {
      const sandbox = await context.create({ limits: { diskGiB: 0.1 } });
      const { exitCode } = await sandbox.exec("dd if=/dev/zero of=large bs=1048576 count=150 2>&1");
      assert.notEqual(exitCode, 0, "150 MiB fitted into a tenth of a GiB");
      const again = sandbox.files.write("/tmp/large", Buffer.alloc(150 * 2 ** 20));
      await rejectsWith("files.write beyond the limit", again, "resource_exhausted");
    },
  },
]);
