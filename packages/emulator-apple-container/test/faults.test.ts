import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { leftGuests } from "@nanoclaw/emulator-base";
import { describe, expect, test } from "vitest";
import { controlGroupsOf } from "../src/container/control-groups.js";
import { installContainer } from "../src/index.js";
import { processesWith } from "../src/installation/processes.js";
import { container, start, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

describe("faults", () => {
  const service = useService();
  const call = (...argv: string[]) => container(service.emulator, argv);
  const list = async () => JSON.parse(await succeed(service.emulator, "list", "-a", "--format", "json"));

  test("the service dies: what runs goes on and is called stopped, and delete --force ends it (I#2286)", async () => {
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--name",
      "alive",
      BUSYBOX,
      "sh",
      "-c",
      "while :; do echo x; sleep 0.02; done",
    );
    service.emulator.settings({ faults: ["service-crash:1"] });
    const crashed = await call("list");
    expect(crashed).toMatchObject({ exitCode: 1, stdout: "" });
    expect(crashed.stderr).toContain("XPC connection error: Connection interrupted");
    expect(await list()).toMatchObject([{ id: "alive", status: { state: "stopped", networks: [] } }]);
    const guests = () => leftGuests(service.emulator.home);
    expect(await succeed(service.emulator, "stop", "alive")).toBe("alive\n");
    expect((await guests()).some((line) => line.includes("while :"))).toBe(true);
    expect((await call("exec", "alive", "true")).stderr).toContain("container alive is not running");
    expect(await succeed(service.emulator, "delete", "--force", "alive")).toBe("alive\n");
    expect(await guests()).toEqual([]);
  });

  test("a client that is attached loses its connection with the service", async () => {
    const { child, result } = start(service.emulator, [
      "run",
      "--rm",
      "--name",
      "att",
      "--progress=none",
      BUSYBOX,
      "sh",
      "-c",
      "echo up; sleep 1000",
    ]);
    const up = new Promise((resolve) => child.stdout.once("data", resolve));
    const over = result();
    await up;
    process.kill(Number(readFileSync(`${service.emulator.home}/service.pid`, "utf8")), "SIGKILL");
    const { exitCode, stderr } = await over;
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Connection interrupted");
    // The service that is started next removes what was made with --rm.
    await expect.poll(list).toEqual([]);
  });

  test("a command dies in mid-call: what it asked for is done all the same", async () => {
    service.emulator.settings({ faults: ["interrupt-run:1"] });
    const result = await call("run", "-d", "--name", "half", "--progress=none", BUSYBOX, "sleep", "100");
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain("Connection interrupted");
    expect(await list()).toMatchObject([{ id: "half", status: { state: "running" } }]);
    expect(await succeed(service.emulator, "delete", "-f", "half")).toBe("half\n");
  });

  test("delete --force fails as often as it is told to (apple-container.md §11.1)", async () => {
    await service.background("tough");
    service.emulator.settings({ faults: ["delete:2"] });
    for (let time = 0; time < 2; time++) {
      const failed = await call("delete", "-f", "tough");
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toContain("does not exist in container tough");
    }
    expect(await succeed(service.emulator, "delete", "-f", "tough")).toBe("tough\n");
  });

  test("profiles: 0.12 has flat JSON and an inspect that keeps silent", async () => {
    await service.background("flat");
    service.emulator.settings({ version: "0.12.3" });
    const [shown] = await list();
    expect(shown).toMatchObject({
      status: "running",
      configuration: { id: "flat" },
      networks: [{ network: "default" }],
    });
    expect(Math.abs(Date.now() / 1000 - (shown.startedDate + 978_307_200))).toBeLessThan(60);
    expect(shown.id).toBeUndefined();
    expect(JSON.parse(await succeed(service.emulator, "inspect", "nope"))).toEqual([]);
    expect((await call("copy", "a", "b")).exitCode).toBe(64);
    service.emulator.settings({ version: "1.4.1" });
    expect(await succeed(service.emulator, "inspect", "flat")).toContain("docker.io/nanoclaw-test");
  });
});

describe("an installation", () => {
  const service = useService();

  test("nothing is left when its owner is killed", async () => {
    expect(service.emulator.home).not.toBe("");
    const owner = spawn(process.execPath, [fileURLToPath(new URL("./owner.mjs", import.meta.url))], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [home] = await new Promise<string[]>((resolve) =>
      createInterface({ input: owner.stdout }).once("line", (line) => resolve([line])),
    );
    if (home === undefined) throw new Error("the owner says nothing");
    expect((await leftGuests(home)).length).toBeGreaterThan(2);
    owner.kill("SIGKILL");
    await expect.poll(() => leftGuests(home), { timeout: 5000 }).toEqual([]);
    await expect.poll(() => processesWith(home), { timeout: 5000 }).toEqual([]);
    await expect.poll(() => controlGroupsOf(home)).toEqual([]);
    rmSync(dirname(home), { recursive: true });
  });

  test("its disposal ends the service, its containers and clients that hang", async () => {
    const emulator = await installContainer({ settings: { faults: ["hang-inspect"] } });
    await emulator.image({ name: "busybox" });
    await succeed(emulator, "system", "start", "--enable-kernel-install");
    await succeed(emulator, "run", "-d", "--name", "one", BUSYBOX, "sleep", "1000");
    const hanging = start(emulator, ["inspect", "one"]);
    expect((await emulator.leftovers()).join("\n")).toContain("container one");
    await emulator[Symbol.asyncDispose]();
    expect((await hanging.ended)[1]).toBe("SIGKILL");
    expect(await leftGuests(emulator.home)).toEqual([]);
    expect(processesWith(emulator.home)).toEqual([]);
    expect(processesWith(emulator.program)).toEqual([]);
  });
});
