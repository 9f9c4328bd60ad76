import { createHash } from "node:crypto";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Bench, call, collect, run } from "./guest.js";

/** How processes are started in the guest. */
export function processes(): void {
  describe("a process", () => {
    test("has its input, both outputs apart, and its exit code", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const outcome = await run(driver, "cat; echo error >&2; exit 5", { input: "input" });
      expect(outcome).toEqual({ stdout: "input", stderr: "error\n", exitCode: 5 });
    });

    test("can open its input and outputs again by their names", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const script =
        "cat /dev/stdin; echo a >/dev/stdout; echo b >/dev/stderr; tee /dev/stderr </dev/null; echo c | tee /dev/fd/2";
      expect(await run(driver, script, { input: "x" })).toEqual({
        stdout: "xa\nc\n",
        stderr: "b\nc\n",
        exitCode: 0,
      });
    });

    test("has arguments, environment and directory exactly as given", async () => {
      await using bench = new Bench();
      const driver = await bench.create({ env: { BASE: "b'\"\n$(x)", KEPT: "1" } });
      const hostile = " '\"`$(echo x)\\\n;&|*";
      const { stdout } = await run(
        driver,
        ["sh", "-c", 'printf "%s|" "$1" "$BASE" "$KEPT" "$MORE" "$PWD"', "sh", hostile],
        {
          env: { MORE: hostile, BASE: "other" },
          cwd: "/usr/lib",
        },
      );
      expect(stdout).toBe(`${hostile}|other|1|${hostile}|/usr/lib|`);
    });

    test("exits as in a shell when it cannot be started", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      expect((await run(driver, ["no-such-program"])).exitCode).toBe(127);
      expect((await run(driver, ["/usr"])).exitCode).toBe(126);
      expect((await run(driver, "true", { cwd: "/missing" })).exitCode).toBe(126);
    });

    test("has the same credentials as the main process, and no privilege", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const status =
        "grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp.*|NSsid):' /proc/self/status | grep -v NSsid";
      driver.main?.stdin.write(`${status}; exit\n`);
      const main = (await collect(driver.main as NonNullable<typeof driver.main>)).stdout;
      const other = await bench.create();
      expect((await run(other, status)).stdout).toBe(main);
      expect(main).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
      expect(main).toMatch(/^NoNewPrivs:\t1$/m);
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
        expect(main).toMatch(new RegExp(`^${set}:\\t0{16}$`, "m"));
      }
    });

    test("is in a session of its own, so that a signal to its group reaches no other", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const bystander = await driver.spawn({ argv: ["cat"] }, call());
      expect((await run(driver, "trap : TERM; kill -TERM 0; echo here")).stdout).toBe("here\n");
      bystander.stdin.end("still");
      expect((await collect(bystander)).stdout).toBe("still");
    });

    test("loses no byte of 32 MiB to a reader that is slow", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const bytes = 32 * 2 ** 20;
      const child = await driver.spawn(
        { argv: ["sh", "-c", `head -c ${bytes} /dev/zero | tr '\\0' x; echo end`] },
        call(),
      );
      child.stdin.end();
      const hash = createHash("sha256");
      let seen = 0;
      for await (const { data } of child.output) {
        if (seen % 16 === 0) await new Promise(setImmediate);
        seen += data.length;
        hash.update(data);
      }
      expect(seen).toBe(bytes + 4);
      expect(hash.digest("hex")).toBe(
        createHash("sha256").update("x".repeat(bytes)).update("end\n").digest("hex"),
      );
    });

    test("takes input as fast as it reads, and no faster", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const child = await driver.spawn({ argv: ["sh", "-c", "read -r go <&0; cat | wc -c"] }, call());
      child.stdin.write("go\n");
      let written = 0;
      const block = Buffer.alloc(65_536, "y");
      for (; written < 16 * 2 ** 20; written += block.length) {
        if (!child.stdin.write(block)) await new Promise((resolve) => child.stdin.once("drain", resolve));
      }
      child.stdin.end();
      expect((await collect(child)).stdout.trim()).toBe(String(written));
    });

    test("leaves no pipe behind, and the guest cannot list those of processes to come", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      for (let count = 0; count < 12; count++) await run(driver, "true");
      expect((await run(driver, "ls /run/sandbox")).stdout).toBe("");
      const pipes = join(bench.stateDirectory, driver.id, "pipes");
      chmodSync(pipes, 0o700);
      const names = readdirSync(pipes).filter((name) => !/^[0-9a-f]{16}\./.test(name));
      expect(names.sort()).toEqual(["alive", "requests"]);
      expect(readdirSync(pipes).length).toBeLessThanOrEqual(2 + 3 * 5);
    });

    test("is refused when the sandbox is over, without waiting", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      driver.main?.stdin.end();
      await driver.main?.exited;
      await expect(driver.spawn({ argv: ["true"] }, call(2_000))).rejects.toMatchObject({
        code: "sandbox_lost",
      });
    });

    test("orphans in the guest are reaped", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      await run(driver, "for i in 1 2 3 4 5; do (sleep 0.01 &) ; done");
      const zombies = "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l";
      await expect.poll(async () => (await run(driver, zombies)).stdout.trim()).toBe("0");
    });
  });

  describe("a terminal", () => {
    test("is the guest's own, of the size asked for, and can be resized", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const script = "tty; stty size; echo first; read -r line; stty size; echo got $line; exit 7";
      const child = await driver.spawn(
        { argv: ["sh", "-c", script], tty: { columns: 100, rows: 30 } },
        call(),
      );
      let seen = "";
      for await (const { data } of child.output) {
        seen += Buffer.from(data).toString().replaceAll("\r", "");
        if (!seen.endsWith("first\n")) continue;
        await child.resize?.({ columns: 132, rows: 43 });
        child.stdin.write("typed\n");
      }
      expect(seen).toBe("/dev/pts/0\n30 100\nfirst\ntyped\n43 132\ngot typed\n");
      expect(await child.exited).toEqual({ exitCode: 7, signal: null });
    });

    test("passes the interrupt character on as a signal", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const script = "trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.05; done";
      const child = await driver.spawn(
        { argv: ["sh", "-c", script], tty: { columns: 80, rows: 24 } },
        call(),
      );
      let seen = "";
      for await (const { data } of child.output) {
        seen += Buffer.from(data).toString();
        if (seen.endsWith("ready\r\n")) child.stdin.write("\u0003");
      }
      expect(seen).toContain("interrupted");
      expect((await child.exited).exitCode).toBe(3);
    });
  });
}
