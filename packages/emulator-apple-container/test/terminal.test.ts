import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { container } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

describe("terminals", () => {
  const service = useService();

  test("--tty alone: a terminal in the guest, with both outputs in one", async () => {
    const script = "test -t 0 && tty; echo err >&2; echo $TERM";
    const result = await service.run(script, "--tty");
    expect(result).toMatchObject({ exitCode: 0, stdout: "/dev/pts/0\r\nerr\r\nxterm\r\n", stderr: "" });
    const small = await service.run("tty; exit 5", "--tty", "--init", "--user", "nobody");
    expect(small).toMatchObject({ exitCode: 5, stdout: "/dev/pts/0\r\n" });
  });

  test("exec --tty", async () => {
    await service.background("box");
    expect(await service.exec("box", "tty; kill -15 $$", "--tty")).toMatchObject({
      exitCode: 143,
      stdout: "/dev/pts/0\r\n",
    });
  });

  test("with --interactive it takes a real terminal (row 55)", async () => {
    const refused = await container(service.emulator, [
      "run",
      "--rm",
      "-it",
      "--progress=none",
      BUSYBOX,
      "true",
    ]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain("Inappropriate ioctl for device");
    const command = `${service.emulator.program} run --rm -it --progress=none ${BUSYBOX} sh -c 'read line; echo "<$line>"; exit 6'`;
    const child = spawn("script", ["-qec", command, "/dev/null"], { env: service.emulator.environment });
    child.stdin.write("typed\n");
    const output = text(child.stdout);
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(6);
    expect(await output).toContain("<typed>");
  });
});
