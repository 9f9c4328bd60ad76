import { execFileSync, spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { local } from "../src/index.js";
import { familyOf, findMarked, isAlive } from "../src/processes.js";
import { Records } from "../src/records.js";
import { Bench, call, collect, installation, ownerProgram, request, run } from "./guest.js";

/** From the first side effect to the last trace. */
export function lifecycle(): void {
  /** Process 1 of a sandbox, and everything below it, as the host sees them. */
  function processesOf(bench: Bench, id: string) {
    const record = new Records(bench.stateDirectory).read(id);
    if (!record?.init) throw new Error("The sandbox has no process 1.");
    return { init: record.init, all: familyOf(record.init.pid) };
  }
  const stray = "setsid sh -c 'trap : TERM HUP INT; while :; do sleep 1; done' >/dev/null 2>&1 & echo ready";

  describe("a sandbox", () => {
    test("ends with its main process, and everything in it", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      await run(driver, stray);
      const { all } = processesOf(bench, driver.id);
      driver.main?.stdin.end();
      expect(await driver.main?.exited).toEqual({ exitCode: 0, signal: null });
      expect(all.filter(isAlive)).toEqual([]);
      expect(await bench.provider.list(installation, call())).toEqual([]);
      expect(readdirSync(bench.stateDirectory)).toEqual([]);
    });

    test("is gone with its owner, by SIGKILL too", async () => {
      await using bench = new Bench();
      const id = bench.idForAnother();
      const owner = spawn(process.execPath, [ownerProgram, bench.stateDirectory, id, `${stray}; sleep 1000`]);
      for await (const _ of owner.stdout) break;
      const { init, all } = processesOf(bench, id);
      expect(all.length).toBeGreaterThan(5);
      owner.kill("SIGKILL");
      await expect.poll(() => all.filter(isAlive), { timeout: 2_000 }).toEqual([]);
      expect(isAlive(init)).toBe(false);
      await bench.provider.remove(id, installation, call());
      expect(readdirSync(bench.stateDirectory)).toEqual([]);
    });

    test("is gone when bubblewrap alone is killed", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const { all } = processesOf(bench, driver.id);
      const [monitor] = findMarked(join(bench.stateDirectory, driver.id, "pipes")).filter(
        ({ pid }) => !all.some((each) => each.pid === pid),
      );
      process.kill(monitor?.pid ?? 0, "SIGKILL");
      expect(await driver.main?.exited).toEqual({ exitCode: null, signal: "SIGKILL" });
      expect(all.filter(isAlive)).toEqual([]);
    });

    test("is destroyed though everything in it was stopped, twice and at once", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      await run(driver, stray);
      const { all } = processesOf(bench, driver.id);
      execFileSync("/bin/sh", [
        "-c",
        'kill -STOP "$@" 2>/dev/null; :',
        "sh",
        ...all.map(({ pid }) => String(pid)),
      ]);
      await Promise.all([driver.destroy(call()), driver.destroy(call())]);
      await driver.destroy(call());
      expect(all.filter(isAlive)).toEqual([]);
      expect(readdirSync(bench.stateDirectory)).toEqual([]);
    });

    test("gives what is under way an end when it is destroyed", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      const child = await driver.spawn({ argv: ["sleep", "1000"] }, call());
      const output = collect(child);
      const starting = driver.spawn({ argv: ["true"] }, call());
      starting.catch(() => undefined);
      await driver.destroy(call());
      await expect(child.exited).rejects.toMatchObject({ code: "sandbox_lost" });
      expect(await output).toEqual({ stdout: "", stderr: "" });
      await expect(starting).rejects.toMatchObject({ code: "sandbox_lost" });
    });

    test("leaves nothing, whenever its create is aborted", async () => {
      await using bench = new Bench();
      for (let delayMs = 0; delayMs < 24; delayMs += 2) {
        const wanted = request({ name: `name-${delayMs}` });
        const abort = new AbortController();
        const creating = bench.provider.create(wanted, { signal: abort.signal, emit: () => undefined });
        setTimeout(() => abort.abort(new Error("enough")), delayMs);
        const pipes = join(bench.stateDirectory, wanted.id, "pipes");
        const driver = await creating.catch(() => undefined);
        if (!driver) expect(findMarked(pipes)).toEqual([]);
        await bench.provider.remove(wanted.id, installation, call());
        expect(findMarked(pipes)).toEqual([]);
        await driver?.detach();
        expect(readdirSync(bench.stateDirectory)).toEqual([]);
      }
    });

    test("is given up in time when bubblewrap never answers", async () => {
      await using bench = new Bench();
      const bubblewrap = join(bench.directory, "bwrap");
      writeFileSync(bubblewrap, "#!/bin/sh\nexec sleep 1000\n", { mode: 0o755 });
      const provider = local({ ...bench.options, bubblewrap });
      const wanted = request();
      await expect(provider.create(wanted, call(300))).rejects.toMatchObject({ name: "TimeoutError" });
      await expect(provider.probe(call(300))).rejects.toMatchObject({ name: "TimeoutError" });
      await provider.remove(wanted.id, installation, call());
      expect(readdirSync(bench.stateDirectory)).toEqual([]);
    });

    test("has a name of its own while it lives", async () => {
      await using bench = new Bench();
      const first = await bench.create({ name: "wanted" });
      await expect(bench.provider.create(request({ name: "wanted" }), call())).rejects.toMatchObject({
        code: "already_exists",
      });
      await first.destroy(call());
      await bench.create({ name: "wanted" });
    });
  });

  describe("another program", () => {
    test("finds a sandbox, runs processes in it, and lets it go unharmed", async () => {
      await using bench = new Bench();
      const driver = await bench.create({ name: "mine", labels: { a: "b" }, env: { SHARED: "1" } });
      const other = local(bench.options);
      expect(await other.list(installation, call())).toMatchObject([
        { id: driver.id, name: "mine", labels: { a: "b" }, state: "running" },
      ]);
      expect(await other.list("another-installation", call())).toEqual([]);
      const attached = await other.attach(driver.id, call());
      expect((await run(attached, "echo $SHARED >/tmp/x; pwd")).stdout).toBe("/work\n");
      await attached.detach();
      expect((await run(driver, "cat /tmp/x")).stdout).toBe("1\n");
      await (await other.attach(driver.id, call())).destroy(call());
      expect(await driver.main?.exited).toBeDefined();
      await expect(other.attach(driver.id, call())).rejects.toMatchObject({ code: "sandbox_not_found" });
    });

    test("does not remove what another installation has made", async () => {
      await using bench = new Bench();
      const driver = await bench.create();
      await expect(bench.provider.remove(driver.id, "another-installation", call())).rejects.toMatchObject({
        code: "permission_denied",
      });
      expect((await run(driver, "echo alive")).stdout).toBe("alive\n");
    });

    test("finds a sandbox gone that it does not know", async () => {
      await using bench = new Bench();
      await expect(bench.provider.remove("sandbox-unknown", installation, call())).resolves.toBeUndefined();
      await expect(bench.provider.attach("../../etc", call())).rejects.toMatchObject({
        code: "sandbox_not_found",
      });
    });
  });
}
