import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { container, start, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

describe("run", () => {
  const service = useService();

  test("keeps stdout and stderr apart and passes the exit code on (row 30)", async () => {
    const result = await service.run("echo out; echo err >&2; exit 7");
    expect(result).toMatchObject({ exitCode: 7, stdout: "out\n", stderr: "err\n" });
  });

  test("tells 128 and the number of the signal", async () => {
    expect(await service.run("kill -9 $$", "--init")).toMatchObject({ exitCode: 137 });
    expect(await service.run("kill -15 $$", "--init")).toMatchObject({ exitCode: 143 });
  });

  test("a missing program is exit code 1 with the guest's words, and the container is gone (row 29)", async () => {
    const name = "x1";
    const result = await container(service.emulator, [
      "run",
      "--name",
      name,
      "--progress=none",
      BUSYBOX,
      "nosuch",
    ]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toBe(
      `Error: failed to start process ${name} in container ${name} (cause: "internalError: "failed to start process ` +
        '(cause: "internalError: "startProcess: failed to start process: internalError: "vmexec error: ' +
        'internalError: "failed to find target executable nosuch"""")"")\n',
    );
    expect(await succeed(service.emulator, "list", "-aq")).toBe("");
  });

  test("without --interactive the input is empty", async () => {
    const result = await container(
      service.emulator,
      ["run", "--rm", "--progress=none", "--", BUSYBOX, "cat"],
      {
        input: "not for you",
      },
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("passes bytes both ways exactly", async () => {
    const bytes = randomBytes(8 * 1024 * 1024);
    const result = await container(
      service.emulator,
      ["run", "--rm", "-i", "--progress=none", "--", BUSYBOX, "cat"],
      { input: bytes },
    );
    expect(result.exitCode).toBe(0);
    expect(result.bytes.equals(bytes)).toBe(true);
  });

  test("the leash: SIGKILL of the client ends the guest's input, and the service removes the container", async () => {
    const { child } = start(
      service.emulator,
      ["run", "--rm", "-i", "--name", "leash", "--progress=none", "--", BUSYBOX, "sh"],
      { input: "open" },
    );
    const ready = new Promise((resolve) => child.stdout.once("data", resolve));
    child.stdin.write("echo ready\n");
    await ready;
    child.kill("SIGKILL");
    await expect.poll(() => succeed(service.emulator, "list", "-aq")).toBe("");
  });

  test("SIGKILL of a client whose guest reads no input leaves the guest", async () => {
    const { child, ended } = start(service.emulator, [
      "run",
      "--name",
      "stays",
      "--progress=none",
      "--",
      BUSYBOX,
      "sh",
      "-c",
      "while :; do echo x; sleep 0.05; done",
    ]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await ended;
    const size = () => readFileSync(join(service.emulator.home, "containers/stays/stdio.log")).length;
    const before = size();
    await expect.poll(size).toBeGreaterThan(before);
    expect(await succeed(service.emulator, "list", "-q")).toBe("stays\n");
  });

  test("the client takes two signals without forwarding them, and ends at the third with 1 (I#1747)", async () => {
    const { child, result } = start(service.emulator, [
      "run",
      "--name",
      "deaf",
      "--progress=none",
      "--",
      BUSYBOX,
      "sh",
      "-c",
      "trap 'echo got' TERM; echo ready; while :; do sleep 0.1; done",
    ]);
    const ready = new Promise((resolve) => child.stdout.once("data", resolve));
    const over = result();
    await ready;
    for (const signal of ["SIGTERM", "SIGINT", "SIGTERM"] as const) {
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { exitCode, stdout, stderr } = await over;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "ready\n" });
    expect(stderr.match(/failed to send signal/g)).toHaveLength(2);
    expect(stderr).toContain("Received 3 SIGINT/SIGTERM's, forcefully exiting.\n");
    expect(await succeed(service.emulator, "list", "-q")).toBe("deaf\n");
  });

  test("--cidfile gets the id without a line's end, over what is there", async () => {
    const directory = mkdtempSync(join(tmpdir(), "cidfile-"));
    const path = join(directory, "id");
    writeFileSync(path, "something longer than a name");
    await service.background("cid1", "--cidfile", path);
    expect(readFileSync(path, "utf8")).toBe("cid1");
    rmSync(directory, { recursive: true });
  });

  test("tells its steps on stderr, but for --progress none", async () => {
    const { stderr } = await container(service.emulator, ["run", "--rm", BUSYBOX, "true"]);
    expect(stderr).toContain("[6/6] Starting container [0s]\n");
  });

  test("--detach prints the id", async () => {
    expect(
      await succeed(service.emulator, "run", "-d", "--name", "dt", "--progress=none", BUSYBOX, "sleep", "9"),
    ).toBe("dt\n");
  });
});
