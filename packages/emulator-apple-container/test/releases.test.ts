// @module-tag thorough

import { describe, expect, test } from "vitest";
import { container, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

describe("releases differ", () => {
  const service = useService();
  const call = (...argv: string[]) => container(service.emulator, argv);
  const ok = (...argv: string[]) => succeed(service.emulator, ...argv);
  const json = async (...argv: string[]) => JSON.parse(await ok(...argv, "--format", "json"));

  test("0.12 has flat JSON of networks and volumes, and passes over what it does not find", async () => {
    service.emulator.settings({ version: "0.12.3" });
    expect(await json("network", "list")).toEqual([
      {
        id: "default",
        state: "running",
        config: { id: "default", mode: "nat", labels: expect.anything() },
        status: { ipv4Subnet: "192.168.64.0/24", ipv4Gateway: "192.168.64.1" },
      },
    ]);
    await ok("volume", "create", "old");
    expect(await json("volume", "list")).toMatchObject([{ name: "old", driver: "local" }]);
    await ok("volume", "delete", "old");
    expect(await ok("image", "inspect", "missing")).toBe("[\n\n]\n");
    expect(await ok("network", "inspect", "missing")).toBe("[\n\n]\n");
    expect(await call("cp", "a", "b:/c")).toMatchObject({ exitCode: 64 });
  });

  test("until 1.2.0 system start tells its steps on stdout", async () => {
    service.emulator.settings({ version: "1.1.0" });
    expect(await call("system", "start")).toMatchObject({
      stdout: expect.stringContaining("Launching container-apiserver...\n"),
      stderr: "",
    });
  });

  test("until 1.3.1 slashes are escaped in JSON", async () => {
    const reference = `docker.io/${BUSYBOX}`;
    for (const [version, text] of [
      ["1.0.0", reference.replaceAll("/", "\\/")],
      ["1.3.1", reference.replaceAll("/", "\\/")],
      ["1.4.1", reference],
    ] as const) {
      service.emulator.settings({ version });
      expect(await ok("image", "list", "--format", "json")).toContain(`"name":"${text}"`);
      expect(await ok("image", "inspect", BUSYBOX)).toContain(`"name" : "${text}"`);
    }
  });

  test("1.4.1 has another status in JSON, also while the service is down", async () => {
    service.emulator.settings({ version: "1.4.1" });
    const program = { appName: "container", build: "release", commit: "0190097", version: "1.4.1" };
    await service.background("one");
    expect(await json("system", "status")).toEqual({
      status: "running",
      client: program,
      server: { ...program, appName: "container-apiserver" },
      host: { architecture: "arm64", cpus: expect.any(Number), operatingSystem: "macOS 26.0" },
      resources: { containersRunning: 1, containersTotal: 1, images: 1 },
      paths: { appRoot: `${service.emulator.home}/`, installRoot: "/usr/local/" },
    });
    await ok("system", "stop");
    const down = await call("system", "status", "--format", "json");
    expect(down).toMatchObject({ exitCode: 1, stdout: '{"status":"unregistered"}\n', stderr: "" });
    await ok("system", "start");
  });

  test("YAML and TOML came with 1.0.0", async () => {
    expect(await ok("image", "list", "--format", "toml")).toMatch(/^\[\[items\]\]\nid = "[0-9a-f]{64}"\n/);
    expect(await ok("image", "list", "--format", "yaml")).toMatch(/^- configuration:\n {4}creationDate: "/);
    expect(await ok("list", "--format", "yaml")).toBe("[]\n");
    expect(await ok("list", "--format", "toml")).toBe("items = []\n");
  });

  test("--tmpfs has options since 1.3.0, and a path with a colon before (I#2094)", async () => {
    const script =
      "while read -r device path type options; do echo $path $options; done < /proc/mounts | grep /x";
    expect((await service.run(script, "--tmpfs", "/x:size=1m")).stdout).toMatch(/^\/x:size=1m /);
    service.emulator.settings({ version: "1.3.0" });
    expect((await service.run(script, "--tmpfs", "/x:size=1m")).stdout).toMatch(/^\/x .*size=1024k/);
  });

  test("macOS 15 has one network and no command for it", async () => {
    service.emulator.settings({ hostMacOS: 15 });
    expect(await call("network", "list")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("Plugin 'container-network' not found."),
    });
    expect((await service.run("true", "--network", "default,mtu=1500")).stderr).toContain(
      "non-default network configuration requires macOS 26 or newer",
    );
    expect(await service.run("true")).toMatchObject({ exitCode: 0 });
  });
});
