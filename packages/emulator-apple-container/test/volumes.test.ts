// @module-tag thorough

import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { container, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

const service = useService();
const call = (...argv: string[]) => container(service.emulator, argv);
const ok = (...argv: string[]) => succeed(service.emulator, ...argv);

describe("volumes", () => {
  test("are disks of a size, of which nothing is there at first", async () => {
    expect(
      await ok("volume", "create", "--label", "a=b", "--opt", "journal=ordered:8m", "-s", "2g", "data"),
    ).toBe("data\n");
    const [volume] = JSON.parse(await ok("volume", "inspect", "data"));
    expect(volume).toEqual({
      id: "data",
      configuration: {
        name: "data",
        driver: "local",
        format: "ext4",
        source: `${service.emulator.home}/volumes/data/volume.img`,
        creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        labels: { a: "b" },
        options: { journal: "ordered:8m", size: "2g" },
        sizeInBytes: 2 ** 31,
      },
    });
    expect(statSync(volume.configuration.source)).toMatchObject({ size: 2 ** 31, blocks: 0 });
    expect(await ok("volume", "list")).toBe(
      "NAME  TYPE   DRIVER  OPTIONS\ndata  named  local   journal=ordered:8m,size=2g\n",
    );
    expect(await ok("volume", "list", "--quiet")).toBe("data\n");
    expect(await ok("volume", "rm", "data")).toBe("data\n");
    expect(JSON.parse(await ok("volume", "list", "--format", "json"))).toEqual([]);
  });

  test("keep what is written, for the next container", async () => {
    expect(await service.run("echo kept > /v/file; ls /v", "-v", "kept:/v")).toMatchObject({
      exitCode: 0,
      stdout: "file\nlost+found\n",
      stderr: "named volume was automatically created [volume=kept]\n",
    });
    const again = await service.run(
      "cat /v/file; echo x > /v/file",
      "--mount",
      "type=volume,src=kept,dst=/v,ro",
    );
    expect(again).toMatchObject({ exitCode: 1, stdout: "kept\n" });
    await ok("volume", "delete", "kept");
  });

  test("without a name get one, and stay when their container goes", async () => {
    await service.run("true", "-v", "/v");
    const [volume] = JSON.parse(await ok("volume", "list", "--format", "json"));
    expect(volume.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(volume.configuration.labels).toEqual({ "com.apple.container.resource.anonymous": "" });
    expect((await call("volume", "prune")).stdout).toBe(`${volume.id}\n`);
  });

  test("that are made on the way stay where the run fails after that", async () => {
    expect(await service.run("true", "-v", "early:/v", "-l", "a=b=c")).toMatchObject({ exitCode: 1 });
    expect(await ok("volume", "delete", "early")).toBe("early\n");
  });

  test.each([
    [["volume", "create", "bad name"], "invalid volume name 'bad name': must match"],
    [["volume", "create", "-s", "1k", "v"], "storage error: volume size too small: minimum 1MiB"],
    [["volume", "create", "-s", "big", "v"], "invalid size"],
    [["volume", "create", "--opt", "journal=fast", "v"], "invalid journal mode: fast"],
    [["volume", "delete"], "no volumes specified and --all not supplied"],
    [["volume", "delete", "-a", "x"], "conflict with the --all flag"],
    [["volume", "delete", "missing"], 'failed to delete one or more volumes: ["missing"]'],
    [["volume", "inspect", "missing"], "volume not found: missing"],
  ])("%j is refused", async (argv, text) => {
    const result = await call(...argv);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain(`Error: ${text.startsWith("conflict") ? "" : text}`);
    expect(result.stderr).toContain(text);
  });

  test("of a name that is taken are refused", async () => {
    await ok("volume", "create", "twice");
    expect(await call("volume", "create", "twice")).toMatchObject({
      exitCode: 1,
      stderr: "Error: volume 'twice' already exists\n",
    });
    await ok("create", "--name", "holder", "-v", "twice:/v", BUSYBOX, "true");
    expect((await call("volume", "prune")).stdout).toBe("");
    await ok("delete", "holder");
    expect(await ok("volume", "delete", "--all")).toBe("twice\n");
  });
});
