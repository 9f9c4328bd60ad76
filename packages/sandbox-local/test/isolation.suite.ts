import { spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { Bench, ownerProgram, run } from "./guest.js";

/** What the guest cannot see, change or reach. */
export function isolation(): void {
  describe("a guest", () => {
    test("sees the host's programs, and none of its files, users and processes", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const hidden = [
        "/etc/shadow",
        "/root",
        "/boot",
        "/sys",
        "/run/docker.sock",
        "/var/lib",
        "/etc/ssh",
        "/etc/ssl/private",
      ];
      const { stdout } = await run(
        driver,
        `for path in ${hidden.join(" ")}; do [ -e "$path" ] && echo "$path"; done`,
      );
      expect(stdout).toBe("");
      expect((await run(driver, "ls /home; cut -d: -f1 /etc/passwd; id -un; hostname")).stdout).toBe(
        `sandbox\nroot\nsandbox\nnobody\nsandbox\n${driver.id}\n`,
      );
      const pids = (await run(driver, "ls /proc")).stdout.split("\n").filter((name) => /^\d+$/.test(name));
      expect(pids.length).toBeLessThan(12);
    });

    test("has nothing of the host's environment", async () => {
      process.env.NOT_FOR_THE_GUEST = "1";
      await using bench = new Bench();
      const driver = await bench.create({ env: { MINE: "2" } });
      const names = (await run(driver, "env")).stdout.split("\n").map((line) => line.split("=")[0]);
      delete process.env.NOT_FOR_THE_GUEST;
      expect(names.filter(Boolean).sort()).toEqual([
        "HOME",
        "LANG",
        "LOGNAME",
        "MINE",
        "PATH",
        "PWD",
        "USER",
      ]);
      expect((await run(driver, "tr '\\0' '\\n' </proc/1/environ | grep -c NOT_FOR")).stdout).toBe("0\n");
    });

    test("cannot change what it shares with the host", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const pattern = readFileSync("/proc/sys/kernel/core_pattern", "utf8");
      const script = [
        "echo x >/proc/sys/kernel/core_pattern",
        "touch /usr/x",
        "echo x >>/etc/ld.so.cache",
        "rm -f /usr/bin/env",
        "touch /dev/x",
        "echo b >/proc/sysrq-trigger",
        "mount -o remount,rw /usr",
        "touch /run/sandbox/x",
      ];
      for (const line of script) {
        expect([line, (await run(driver, `(${line}) 2>/dev/null && echo done`)).stdout]).toEqual([line, ""]);
      }
      expect(readFileSync("/proc/sys/kernel/core_pattern", "utf8")).toBe(pattern);
    });

    test("cannot gain privileges or namespaces", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      expect((await run(driver, "unshare --user true")).exitCode).not.toBe(0);
      expect(
        (
          await run(
            driver,
            "find / -xdev -perm /6000 -type f -user 0 2>/dev/null; mount | grep -v nosuid | grep -v '/dev/'",
          )
        ).stdout,
      ).toBe("");
    });

    test("writes in its home, working directory, /tmp and shared memory, where nothing is at first", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      for (const directory of ["$HOME", "/work", "/tmp", "/var/tmp", "/dev/shm"]) {
        const script = `ls -A "${directory}"; echo data >"${directory}/file" && cat "${directory}/file"`;
        expect((await run(driver, script)).stdout).toBe("data\n");
      }
    });

    test("has loopback and nothing else without network", async () => {
      await using bench = new Bench();
      const driver = await bench.create({ network: "none" });
      expect(
        (await run(driver, "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; cat /etc/resolv.conf"))
          .stdout,
      ).toBe("lo\n");
      const server = createServer((socket) => socket.end("host")).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { port: number };
      const connect = `bash -c 'cat </dev/tcp/127.0.0.1/${port}' 2>/dev/null`;
      expect((await run(driver, connect)).stdout).toBe("");
      const open = await bench.create({ network: "open" });
      expect((await run(open, connect)).stdout).toBe("host");
      server.close();
    });

    test("shares the host's network when it is open, and its names are found", async () => {
      await using bench = new Bench();
      const driver = await bench.create({ network: "open" });
      expect((await run(driver, "readlink /proc/self/ns/net")).stdout.trim()).toBe(
        readlinkSync("/proc/self/ns/net"),
      );
      expect((await run(driver, `getent hosts ${driver.id}`)).stdout).toContain("127.0.0.1");
      await expect(driver.openPort(3000)).resolves.toEqual({ host: "127.0.0.1", port: 3000 });
      const closed = await bench.create({ network: "none" });
      await expect(closed.openPort(3000)).rejects.toMatchObject({ code: "unsupported" });
    });

    test("gets no descriptor that the program was started with", async () => {
      await using bench = new Bench();
      // Node itself keeps the low numbers from its children.
      const script = 'exec 5</etc 200</etc; exec "$0" "$@"';
      // With a socket as its input bash would take itself for a remote shell and read the user's start-up file.
      const owner = spawn("bash", [
        "--norc",
        "-c",
        script,
        process.execPath,
        ownerProgram,
        bench.stateDirectory,
        bench.idForAnother(),
        "ls -l /proc/self/fd; echo end",
      ]);
      let seen = "";
      for await (const data of owner.stdout) {
        seen += data;
        if (seen.endsWith("end\n")) owner.kill("SIGKILL");
      }
      expect(seen).toContain("end");
      expect(seen).not.toMatch(/-> \/etc$/m);
      expect(seen).not.toMatch(/ 200 ->/);
    });
  });
}
