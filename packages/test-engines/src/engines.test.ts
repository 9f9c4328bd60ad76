import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { inspect, post, runContainer, startContainer, stringField } from "../test/containers.js";
import { skipAloud } from "../test/skip-aloud.js";
import { tracerOf } from "../test/traces.js";
import { askEngine, askEngineForJson } from "./engine/api.js";
import { startDockerEngine, startPodmanEngine, type TestEngine, whyNoDocker, whyNoPodman } from "./index.js";
import { processTableContains } from "./process-table.js";
import { waitUntilGone } from "./wait-until-gone.js";

const kinds = [
  { kind: "docker", reason: whyNoDocker(), start: startDockerEngine },
  { kind: "podman", reason: whyNoPodman(), start: startPodmanEngine },
] as const;

for (const { kind, reason, start } of kinds)
  describe(`a private ${kind} engine`, { tags: kind === "podman" ? ["thorough"] : [] }, () => {
    skipAloud(reason);
    const parentDirectory = mkdtempSync(join(tmpdir(), "test-engines-"));
    const engines: TestEngine[] = [];
    const startOne = async () => {
      const engine = await start({ parentDirectory });
      engines.push(engine);
      await engine.importImage("busybox");
      return engine;
    };

    afterEach(async () => {
      for (const engine of engines.splice(0)) await engine.stop();
    });
    afterAll(() => rmSync(parentDirectory, { recursive: true }));

    it("leaves nothing after its end, whatever runs in it", async () => {
      const engine = await startOne();
      const { socketPath, directory } = engine;
      const ids = [
        await startContainer(socketPath, { host: { NetworkMode: "none" } }),
        await startContainer(socketPath, {
          command: ["httpd", "-f", "-h", "/bin"],
          exposedPorts: { "80/tcp": {} },
          host: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
        }),
      ];
      await post(socketPath, "/networks/create", { Name: "made-by-a-test", CheckDuplicate: true });
      ids.push(await startContainer(socketPath, { host: { NetworkMode: "made-by-a-test" } }));
      const traces = tracerOf(directory, ids);
      expect(traces().length).toBeGreaterThan(10);

      await engine.stop();
      expect(traces()).toEqual([]);
      expect(readdirSync(parentDirectory)).toEqual([]);
      await engine.stop();
    });

    it("leaves nothing when it is stopped while its daemon is paused, or dead", async () => {
      const paused = await startOne();
      const dead = await startOne();
      const ids = [await startContainer(paused.socketPath, {}), await startContainer(dead.socketPath, {})];
      const tracers = [tracerOf(paused.directory, ids), tracerOf(dead.directory, ids)];
      paused.pause();
      await dead.kill();
      await Promise.all([paused.stop(), dead.stop()]);
      expect(tracers.flatMap((traces) => traces())).toEqual([]);
    });

    it("publishes ports that this host reaches, also with another engine beside it", async () => {
      const one = await startOne();
      const two = await startOne();
      const serve = async ({ socketPath }: TestEngine, text: string) => {
        const id = await startContainer(socketPath, {
          name: "the-same-name",
          command: ["sh", "-c", `mkdir /www; echo ${text} >/www/index.html; exec httpd -f -h /www`],
          exposedPorts: { "80/tcp": {} },
          host: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
        });
        return `http://127.0.0.1:${await publishedPort(socketPath, id)}/`;
      };
      const urls = [await serve(one, "one"), await serve(two, "two")] as const;
      expect(await fetchSoon(urls[0])).toBe("one\n");
      expect(await fetchSoon(urls[1])).toBe("two\n");
      await one.stop();
      expect(await fetchSoon(urls[1])).toBe("two\n");
    });

    it("accepts connections and never answers while it is paused", async () => {
      const engine = await startOne();
      engine.pause();
      await expect(askEngine(engine.socketPath, "/version", { timeoutMs: 500 })).rejects.toThrow("no answer");
      engine.resume();
      await expect(askEngineForJson(engine.socketPath, "/version")).resolves.toHaveProperty("Version");
    });

    it("can be killed while its containers live on, and started again", async () => {
      const engine = await startOne();
      const mark = `4242${process.pid}`;
      await startContainer(engine.socketPath, { command: ["sleep", mark] });
      const before = engine.pid;
      await engine.kill();
      await expect(askEngine(engine.socketPath, "/version")).rejects.toThrow();
      expect(processTableContains(`sleep ${mark}`)).toBe(true);
      await engine.restart();
      expect(engine.pid).not.toBe(before);
      expect((await runContainer(engine.socketPath, { command: ["echo", "again"] })).stdout).toBe("again\n");
      await engine.stop();
      expect(processTableContains(`sleep ${mark}`)).toBe(false);
    });

    it("tells the host's id of a container's process", async () => {
      const engine = await startOne();
      const mark = `4343${process.pid}`;
      const id = await startContainer(engine.socketPath, { command: ["sleep", mark], host: { Init: false } });
      const answer = await inspect(engine.socketPath, `/containers/${id}/json`);
      const state =
        typeof answer === "object" && answer !== null && "State" in answer ? answer.State : undefined;
      const pid = typeof state === "object" && state !== null && "Pid" in state ? Number(state.Pid) : 0;
      const hostPid = engine.hostPid(pid);
      expect(hostPid).toBeGreaterThan(0);
      process.kill(hostPid ?? 0, "SIGKILL");
      // Not by its words: it has none as a zombie, and is in the table until it has been reaped.
      await expect.poll(() => engine.hostPid(pid), { timeout: 5_000 }).toBeUndefined();
    });

    it("pulls nothing, and says so at once", async () => {
      const engine = await startOne();
      const start = performance.now();
      const { body } = await askEngine(
        engine.socketPath,
        "/images/create?fromImage=docker.io/library/alpine&tag=3",
        {
          method: "POST",
        },
      );
      expect(body).toContain("connection refused");
      expect(performance.now() - start).toBeLessThan(15_000);
    });
  });

async function publishedPort(socketPath: string, id: string): Promise<string> {
  const text = JSON.stringify(await inspect(socketPath, `/containers/${id}/json`));
  const ports = /"80\/tcp":(\[\{[^\]]*\}\])/.exec(text.slice(text.indexOf('"NetworkSettings"')))?.[1] ?? "[]";
  return stringField(JSON.parse(ports)[0], "HostPort");
}

/** A server's start is not announced: asks until it listens. */
async function fetchSoon(url: string): Promise<string> {
  let text = "";
  await waitUntilGone(async () => {
    try {
      text = await (await fetch(url)).text();
      return false;
    } catch (error) {
      return [String(error), url];
    }
  }, 5_000);
  return text;
}
