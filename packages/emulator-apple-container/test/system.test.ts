// @module-tag thorough

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ContainerEmulator, installContainer } from "../src/index.js";
import { container, start, succeed } from "./commands.js";

let emulator: ContainerEmulator;
beforeEach(async () => {
  emulator = await installContainer();
});
afterEach(() => emulator[Symbol.asyncDispose]());

const call = (...argv: string[]) => container(emulator, argv);
const ok = (...argv: string[]) => succeed(emulator, ...argv);
const steps = ["Launching container-apiserver...", "Testing access to container-apiserver..."];

describe("system", () => {
  test("starts and stops the service, as often as one likes", async () => {
    expect(await call("system", "stop")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    const told = [...steps, "Verifying machine API server is running...", ""].join("\n");
    expect(await call("system", "start")).toMatchObject({ exitCode: 0, stdout: "", stderr: told });
    expect(await call("system", "start")).toMatchObject({ exitCode: 0, stderr: told });
    expect(JSON.parse(await ok("list", "--format", "json"))).toEqual([]);
    expect(await ok("system", "stop")).toBe("");
    expect(await call("list")).toMatchObject({ exitCode: 1 });
  });

  test("status has its fields in a table and in JSON", async () => {
    await ok("system", "start");
    const table = await ok("system", "status");
    expect(table.split("\n").map((line) => line.split(/ {2,}/)[0])).toEqual([
      ...[
        "FIELD",
        "status",
        "appRoot",
        "installRoot",
        "apiserver.version",
        "apiserver.commit",
        "apiserver.build",
      ],
      ...["apiserver.appName", ""],
    ]);
    expect(JSON.parse(await ok("system", "status", "--format", "json"))).toEqual({
      status: "running",
      appRoot: `${emulator.home}/`,
      installRoot: "/usr/local/",
      apiServerVersion: "container-apiserver version 1.2.2 (build: release, commit: 0190097)",
      apiServerCommit: "0190097",
      apiServerBuild: "release",
      apiServerAppName: "container-apiserver",
    });
  });

  test("status tells a service that died from one that was never started", async () => {
    await ok("system", "start");
    emulator.settings({ faults: ["service-crash:1"] });
    expect((await call("list")).stderr).toContain(
      'interrupted: "XPC connection error: Connection interrupted"',
    );
    expect(await call("system", "status")).toMatchObject({
      exitCode: 1,
      stdout: "apiserver is not running\n",
      stderr: "",
    });
    expect(JSON.parse((await call("system", "status", "--format=json")).stdout).status).toBe("not running");
    await ok("system", "stop");
    expect(JSON.parse((await call("system", "status", "--format=json")).stdout).status).toBe("unregistered");
  });

  test("version knows the service as long as it is up, and an older one", async () => {
    const versions = async () => JSON.parse(await ok("system", "version", "--format", "json"));
    const own = { appName: "container", buildType: "release", commit: "0190097", version: "1.2.2" };
    expect(await versions()).toEqual([own]);
    await ok("system", "start");
    emulator.settings({ serviceVersion: "1.1.0" });
    const sentence = "container-apiserver version 1.1.0 (build: release, commit: 0190097)";
    expect(await versions()).toEqual([own, { ...own, appName: "container-apiserver", version: sentence }]);
    emulator.settings({ version: "1.4.1" });
    expect((await versions())[1].version).toBe("1.4.1");
  });

  test("start asks for a kernel on stdout, and reads the answer from stdin", async () => {
    emulator.settings({ kernel: false });
    const asked = await container(emulator, ["system", "start"]);
    expect(asked).toMatchObject({ exitCode: 1 });
    expect(asked.stdout).toMatch(/^No default kernel configured\.\nInstall the recommended .*\? \[Y\/n\]: $/);
    expect(asked.stderr).toContain("Error: failed to read user input\n");
    const refused = await container(emulator, ["system", "start"], { input: "n\n" });
    expect(refused).toMatchObject({ exitCode: 0 });
    expect(refused.stderr).toContain("container system kernel set --recommended");
    expect(await container(emulator, ["system", "start", "--disable-kernel-install"])).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
    await emulator.image({ name: "busybox", reference: "img" });
    const run = ["run", "--rm", "--progress=none", "img", "true"];
    expect((await call(...run)).stderr).toMatch(/^Error: default kernel not configured/);
    expect(await call("system", "start", "--enable-kernel-install")).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
    expect(await call(...run)).toMatchObject({ exitCode: 0 });
  });

  test("df counts what there is, and what is used", async () => {
    await ok("system", "start");
    await emulator.image({ name: "busybox", reference: "img" });
    await ok("create", "--name", "one", "-v", "v:/v", "img", "true");
    await ok("volume", "create", "free");
    const use = JSON.parse(await ok("system", "df", "--format", "json"));
    expect(use).toMatchObject({
      images: { total: 1, active: 1 },
      containers: { total: 1, active: 0 },
      volumes: { total: 2, active: 1 },
    });
    expect(use.containers.sizeInBytes).toBeGreaterThan(1_000_000);
    expect(use.containers.reclaimable).toBe(use.containers.sizeInBytes);
    expect(await ok("system", "df")).toMatch(/^TYPE +TOTAL {2}ACTIVE {2}SIZE +RECLAIMABLE\nImages /);
  });

  test("dns domains are made, listed and deleted", async () => {
    expect(await ok("system", "dns", "create", "--localhost", "203.0.113.1", "test")).toBe("test\n");
    expect((await call("system", "dns", "create", "test")).stderr).toBe(
      "Error: domain test already exists\n",
    );
    expect(await ok("system", "dns", "list")).toBe("DOMAIN\ntest\n");
    expect(await ok("system", "dns", "delete", "test")).toBe("test\n");
    expect(await ok("system", "dns", "list", "--format", "json")).toBe("[]\n");
  });

  test("a command that hangs ends by SIGTERM with 143, and by SIGINT with 130", async () => {
    emulator.settings({ faults: ["hang-system-status:2"] });
    for (const [signal, exitCode, time] of [
      ["SIGTERM", 143, 1],
      ["SIGINT", 130, 2],
    ] as const) {
      const { child, result } = start(emulator, ["system", "status"]);
      const over = result();
      const struck = join(emulator.home, `emulator-faults/hang-system-status.${time}`);
      await expect.poll(() => existsSync(struck)).toBe(true);
      child.kill(signal);
      expect(await over).toMatchObject({ exitCode, signal: null, stdout: "" });
    }
  });

  test("Rosetta is refused with 64", async () => {
    emulator.settings({ faults: ["rosetta"] });
    const result = await call("list");
    expect(result).toMatchObject({ exitCode: 64, stdout: "" });
    expect(result.stderr).toContain("`container` is currently running under Rosetta Translation");
  });

  test("credentials of registries are kept without showing the password", async () => {
    const login = (input: string) =>
      container(emulator, ["registry", "login", "-u", "me", "--password-stdin", "ghcr.io"], { input });
    expect(await login("")).toMatchObject({ exitCode: 1 });
    expect(await login("secret\n")).toMatchObject({ exitCode: 0, stdout: "" });
    const text = await ok("registry", "list", "--format", "json");
    expect(JSON.parse(text)).toMatchObject([{ id: "ghcr.io", name: "ghcr.io", username: "me", labels: {} }]);
    expect(text).not.toContain("secret");
    expect(await ok("registry", "list", "-q")).toBe("ghcr.io\n");
    await ok("registry", "logout", "ghcr.io");
    expect(await call("registry", "logout", "ghcr.io")).toMatchObject({ exitCode: 1 });
    emulator.settings({ faults: ["keychain"] });
    expect((await call("registry", "list")).stderr).toContain("-25308");
  });
});
