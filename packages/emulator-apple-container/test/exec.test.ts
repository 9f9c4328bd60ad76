import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { container, start, succeed } from "./commands.js";
import { useService } from "./running.js";

describe("exec", () => {
  const service = useService();
  const exec = (script: string, ...options: string[]) => service.exec("box", script, ...options);
  beforeEach(() => service.background("box", "--env", "PATHX=1", "--workdir", "/tmp"));

  test("keeps stdout and stderr apart and passes the exit code on", async () => {
    expect(await exec("echo out; echo err >&2; exit 9")).toMatchObject({
      exitCode: 9,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await exec("kill -9 $$")).toMatchObject({ exitCode: 137 });
  });

  test("starts from the first process's environment and directory", async () => {
    expect((await exec("echo $PATHX; pwd; hostname")).stdout).toBe("1\n/tmp\nbox\n");
    expect((await exec("pwd", "--workdir", "/proc")).stdout).toBe("/proc\n");
  });

  test("adds variables without replacing: both are there, the old one first (row 57)", async () => {
    const { stdout } = await container(service.emulator, ["exec", "-e", "PATHX=2", "box", "env"]);
    expect(stdout.split("\n").filter((line) => line.startsWith("PATHX="))).toEqual(["PATHX=1", "PATHX=2"]);
  });

  test("--user takes names and numbers, also such that do not exist", { tags: ["thorough"] }, async () => {
    expect((await exec("id -u; id -g", "--user", "nobody")).stdout).toBe("65534\n65534\n");
    expect((await exec("id -u; id -g; echo $HOME", "--user", "4711:12")).stdout).toBe("4711\n12\n/\n");
    expect((await exec("id -G", "--gid", "77")).stdout).toBe("0 77\n");
  });

  test("says what the guest says to a missing program, user or directory", async () => {
    const text = async (...argv: string[]) => {
      const { exitCode, stdout, stderr } = await container(service.emulator, ["exec", ...argv]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      return stderr;
    };
    expect(await text("box", "nosuch")).toContain("failed to find target executable nosuch");
    expect(await text("box", "/bin/nosuch")).toContain("failed to find target executable /bin/nosuch");
    expect(await text("box", "--", "ls")).toContain("failed to find target executable --");
    expect(await text("--user", "nobody-here", "box", "true")).toContain("noPasswdEntries");
    expect(await text("--user", "1000", "--workdir", "/new/dir", "box", "true")).toContain("/new/dir");
    expect(await text("missing", "true")).toContain("get failed: container missing not found");
  });

  test("makes a missing directory where the user may", async () => {
    expect((await exec("pwd", "--workdir", "/made/here")).stdout).toBe("/made/here\n");
  });

  test("passes bytes both ways exactly, and waits for who reads slowly", async () => {
    const bytes = randomBytes(32 * 1024 * 1024);
    const { child, ended } = start(service.emulator, ["exec", "-i", "box", "cat"], { input: bytes });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) {
      chunks.push(chunk);
      if (chunks.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await ended)[0]).toBe(0);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test("nobody reads: the process waits, and the service's memory stays flat", {
    tags: ["thorough"],
  }, async () => {
    const service_ = () =>
      Number(readFileSync(`/proc/${servicePid()}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1]);
    const servicePid = () => readFileSync(`${service.emulator.home}/service.pid`, "utf8").trim();
    const before = service_();
    const { child } = start(service.emulator, ["exec", "box", "sh", "-c", "yes >/dev/stderr"]);
    child.stderr.pause();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(service_() - before).toBeLessThan(40_000);
    child.kill("SIGKILL");
  });

  test("a background child that keeps stdout open delays the return by three seconds and goes on", {
    tags: ["thorough"],
  }, async () => {
    const begin = performance.now();
    const result = await exec("(while :; do echo late; sleep 0.2; done) & echo first; exit 4");
    const took = performance.now() - begin;
    expect(result.exitCode).toBe(4);
    expect(result.stdout).toMatch(/^first\n/m);
    expect(took).toBeGreaterThan(2900);
    expect(took).toBeLessThan(6000);
    expect((await exec("ps")).stdout).toContain("sleep 0.2");
  });

  // What is on its way fits into the buffers between the process and this test, and not into those behind the client.
  test("a client that cannot hand on the rest within three seconds fails with 1 instead of the real code", {
    tags: ["thorough"],
  }, async () => {
    const { child, ended } = start(service.emulator, [
      "exec",
      "box",
      "sh",
      "-c",
      "head -c 450000 /dev/zero; exit 5",
    ]);
    child.stdout.pause();
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    await new Promise((resolve) => child.once("exit", resolve));
    child.stdout.resume();
    expect((await ended)[0]).toBe(1);
    expect(stderr).toBe("Error: failed to exec process CancellationError()\n");
  });

  test("SIGKILL of the client leaves its process, which gets the end of its input", async () => {
    const { child, ended } = start(
      service.emulator,
      ["exec", "-i", "box", "sh", "-c", "echo ready; cat; echo over >/tmp/over; sleep 500"],
      { input: "open" },
    );
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await ended;
    await expect.poll(() => exec("cat /tmp/over").then(({ stdout }) => stdout)).toBe("over\n");
    expect((await exec("ps")).stdout).toContain("sleep 500");
  });

  test("--detach prints the id and throws the output away", async () => {
    expect(await succeed(service.emulator, "exec", "-d", "box", "sh", "-c", "echo x; sleep 300")).toBe(
      "box\n",
    );
    await expect.poll(() => exec("ps").then(({ stdout }) => stdout)).toContain("sleep 300");
  });

  test("what exec'd processes are ends with the container", async () => {
    const { result } = start(service.emulator, ["exec", "box", "sleep", "1000"]);
    const over = result();
    await expect.poll(() => exec("ps").then(({ stdout }) => stdout.match(/sleep 1000/g)?.length)).toBe(2);
    await succeed(service.emulator, "kill", "box");
    expect((await over).exitCode).toBe(137);
  });
});
