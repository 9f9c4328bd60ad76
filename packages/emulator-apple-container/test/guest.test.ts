import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findControlGroupHost } from "../src/container/control-group-host.js";
import { container, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

describe("what a container sees", () => {
  const service = useService(["busybox", "configured", "no-shell"]);
  const share = mkdtempSync(join(tmpdir(), "container-share-"));
  beforeAll(() => {
    mkdirSync(join(share, "sub"));
    writeFileSync(join(share, "file"), "of the host");
  });
  afterAll(() => rmSync(share, { recursive: true }));
  const output = async (script: string, ...options: string[]) => {
    const { exitCode, stdout, stderr } = await service.run(script, ...options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  };

  test("processes, names and interfaces of its own", async () => {
    expect(
      await output("ps -o pid,args | sed 1d; hostname; ls /sys/class/net", "--name", "own.test"),
    ).toMatch(/^ +1 sh -c .*\n +2 .*\n +3 .*\nown\neth0\nlo\n$/);
    expect(await output("echo $$; ls /sys/class/net", "--network", "none")).toBe("1\nlo\n");
    expect(await output("cat /proc/1/comm", "--init")).toBe("init\n");
  });

  test("its own files: nothing reaches the image or another container", async () => {
    await output("echo changed >/etc/passwd; rm -rf /bin/vi");
    expect(await output("head -n 1 /etc/passwd; ls /bin/vi")).toBe(
      "root:x:0:0:root:/root:/bin/sh\n/bin/vi\n",
    );
  });

  test("the user, directory, entry point and variables that the image says", async () => {
    const result = await container(service.emulator, [
      "run",
      "--rm",
      "--progress=none",
      "nanoclaw-test/configured:1",
      "sh",
      "-c",
      "id -un; pwd; echo $HOME $GREETING",
    ]);
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: "agent\n/home/agent/work\n/home/agent hello from the image\n",
      stderr: "entry point\n",
    });
  });

  test("an image without a shell", async () => {
    expect(
      await succeed(
        service.emulator,
        "run",
        "--rm",
        "--progress=none",
        "nanoclaw-test/no-shell:1",
        "echo",
        "hi",
      ),
    ).toBe("hi\n");
  });

  test("shared directories, read-only where that is said; and files", async () => {
    const mount = `type=bind,source=${share},target=/a b/shared`;
    await output("echo new >'/a b/shared/sub/made'", "--mount", mount);
    expect(readFileSync(join(share, "sub/made"), "utf8")).toBe("new\n");
    const refused = await service.run("echo no >'/a b/shared/x'", "--mount", `${mount},readonly`);
    expect(refused.stderr).toContain("Read-only file system");
    expect(existsSync(join(share, "x"))).toBe(false);
    expect(await output("cat /etc/one", "-v", `${share}/file:/etc/one:ro`)).toBe("of the host");
  });

  test("a shared file takes away a directory mount of its parent (I#2148)", async () => {
    const both = ["-v", `${share}:/dir`, "-v", `${share}/file:/one`];
    expect(await output("cat /one; ls -d /dir/file 2>&1 || true", ...both)).toContain("No such file");
  });

  test("links of the image lead nowhere on the host", async () => {
    await succeed(
      service.emulator,
      "create",
      "--name",
      "linked",
      "-v",
      `${share}:/evil/deep`,
      BUSYBOX,
      "sh",
      "-c",
      "cat /proc/mounts",
    );
    const root = join(service.emulator.home, "containers/linked/rootfs");
    rmSync(join(root, "etc/hosts"), { force: true });
    symlinkSync(join(share, "victim"), join(root, "etc/hosts"));
    symlinkSync(share, join(root, "evil"));
    mkdirSync(join(root, share), { recursive: true });
    await succeed(service.emulator, "start", "-a", "linked");
    expect(existsSync(join(share, "victim"))).toBe(false);
    expect(existsSync(join(share, "deep"))).toBe(false);
  });

  test("volumes are kept, and anonymous ones made", { tags: ["thorough"] }, async () => {
    await output("echo kept >/data/file", "-v", "store:/data", "--mount", "type=volume,target=/other").catch(
      () => undefined,
    );
    expect(await output("cat /data/file; ls /data", "-v", "store:/data")).toBe("kept\nfile\nlost+found\n");
  });

  test("memory file systems, the size of /dev/shm, a root that cannot be written", async () => {
    expect(
      await output(
        "df -k /dev/shm /t | awk '{print $2}' | tail -n 2; stat -c %a /t",
        "--shm-size",
        "8m",
        "--mount",
        "type=tmpfs,destination=/t,size=4m,mode=1700",
      ),
    ).toBe("8192\n4096\n1700\n");
    const script = "touch /x || true; touch /tmp/y && touch /dev/shm/z && echo written";
    const result = await service.run(script, "--read-only", "--tmpfs", "/tmp");
    expect(result).toMatchObject({ stdout: "written\n", stderr: "touch: /x: Read-only file system\n" });
  });

  test("capabilities: the fourteen, none, and what is added", { tags: ["thorough"] }, async () => {
    const capabilities = (...options: string[]) =>
      output("awk '/Cap(Eff|Bnd)/ {print $2}' /proc/self/status", ...options);
    expect(await capabilities()).toBe("00000000a80425fb\n00000000a80425fb\n");
    expect(await capabilities("--cap-drop", "ALL")).toBe(`${"0".repeat(16)}\n${"0".repeat(16)}\n`);
    expect(await capabilities("--cap-drop", "ALL", "--cap-add", "chown")).toBe(
      "0000000000000001\n0000000000000001\n",
    );
    expect(await capabilities("--user", "nobody")).toBe("0000000000000000\n00000000a80425fb\n");
  });

  test("limits of processes", async () => {
    expect(
      await output(
        "ulimit -n; ulimit -Hn; ulimit -c",
        "--ulimit",
        "nofile=100:200",
        "--ulimit",
        "core=unlimited",
      ),
    ).toBe("100\n200\nunlimited\n");
  });

  test.skipIf(findControlGroupHost().parents.memory === undefined)(
    "more memory than it has: 137",
    async () => {
      const result = await service.run("head -c 400m /dev/zero | tail", "--memory", "200m", "--init");
      expect([137, 1]).toContain(result.exitCode);
      const alone = await container(service.emulator, [
        "run",
        "--rm",
        "--progress=none",
        "--memory",
        "200m",
        "--",
        BUSYBOX,
        "tail",
        "/dev/zero",
      ]);
      expect(alone.exitCode).toBe(137);
    },
  );

  test("what the host shows of proc and sys is masked, and cannot be changed", async () => {
    expect(
      await output(
        "wc -c </proc/timer_list; ls /sys/firmware; echo x 2>/dev/null >/proc/sys/kernel/domainname || echo refused",
      ),
    ).toBe("0\nrefused\n");
  });

  test("resolver and hosts", async () => {
    expect(
      await output("cat /etc/resolv.conf; tail -n 1 /etc/hosts | cut -d' ' -f2", "--name", "names"),
    ).toBe("nameserver 192.168.64.1\nnames\n");
    expect(
      await output(
        "cat /etc/resolv.conf",
        "--dns",
        "1.1.1.1",
        "--dns-search",
        "x.y",
        "--dns-option",
        "ndots:1",
      ),
    ).toBe("nameserver 1.1.1.1\nsearch x.y\noptions ndots:1\n");
    expect((await service.run("cat /etc/resolv.conf", "--no-dns")).exitCode).toBe(1);
  });

  test("the host is reached, and a socket in the container shown on the host", async () => {
    const server = createServer((socket) => socket.end("hello")).listen(0, "0.0.0.0");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await output(`nc 192.168.64.1 ${port}`)).toBe("hello");
    server.close();
    const path = join(share, "shown.sock");
    await service.background("sock", "--publish-socket", `${path}:/tmp/s`);
    // The container's files are the host's too: this is a socket in the container.
    const inner = createServer((socket) => socket.end("hello"));
    inner.listen(join(service.emulator.home, "containers/sock/rootfs/tmp/s"));
    await once(inner, "listening");
    expect(await text(connect(path))).toBe("hello");
    inner.close();
    await succeed(service.emulator, "delete", "-f", "sock");
    expect(existsSync(path)).toBe(false);
  });

  test("a user who may not make the working directory is a failed start (row 64)", async () => {
    const result = await service.run("true", "--user", "1000", "-w", "/new/dir");
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("failed to create directory '/new/dir'");
  });
});
