import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { container, start, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

describe("the life of a container", () => {
  const service = useService();
  const call = (...argv: string[]) => container(service.emulator, argv);
  const states = async () => {
    const list = JSON.parse(await succeed(service.emulator, "list", "-a", "--format", "json"));
    return Object.fromEntries(
      list.map((one: { id: string; status: { state: string } }) => [one.id, one.status.state]),
    );
  };

  test("create makes it stopped; start runs it; its files stay over a stop", async () => {
    expect(await succeed(service.emulator, "create", "--name", "keep", BUSYBOX, "sleep", "1000")).toBe(
      "keep\n",
    );
    expect(await states()).toEqual({ keep: "stopped" });
    expect(await succeed(service.emulator, "start", "keep")).toBe("keep\n");
    await service.exec("keep", "echo kept >/root/file");
    expect(await succeed(service.emulator, "kill", "keep")).toBe("keep\n");
    expect(await states()).toEqual({ keep: "stopped" });
    await succeed(service.emulator, "start", "keep");
    expect((await service.exec("keep", "cat /root/file")).stdout).toBe("kept\n");
    expect(await succeed(service.emulator, "start", "keep")).toBe("keep\n");
  });

  test("start --attach passes output and exit code on, and -i the input", async () => {
    await succeed(service.emulator, "create", "--name", "att", BUSYBOX, "sh", "-c", "cat; exit 3");
    const result = await container(service.emulator, ["start", "-a", "-i", "att"], { input: "given" });
    expect(result).toMatchObject({ exitCode: 3, stdout: "given" });
  });

  test("stop: the signal, and SIGKILL when the time is over", { tags: ["thorough"] }, async () => {
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--progress=none",
      "--name",
      "poll",
      BUSYBOX,
      "sh",
      "-c",
      "trap 'exit 4' TERM; while :; do sleep 0.1; done",
    );
    await service.background("deaf");
    const begin = performance.now();
    expect(await succeed(service.emulator, "stop", "poll")).toBe("poll\n");
    expect(performance.now() - begin).toBeLessThan(3000);
    expect(await succeed(service.emulator, "stop", "-t", "1", "deaf")).toBe("deaf\n");
    expect(await states()).toEqual({ poll: "stopped", deaf: "stopped" });
  });

  test("stop tells every failure and does the others", async () => {
    await service.background("one");
    const { exitCode, stdout, stderr } = await call("stop", "-t", "0", "one", "nope", "nada");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "one\n" });
    expect(stderr.match(/failed to stop container/g)).toHaveLength(2);
    expect(stderr.match(/^Error: /gm)).toHaveLength(1);
  });

  test("kill sends any signal to the first process alone, and waits for the end after KILL", {
    tags: ["thorough"],
  }, async () => {
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--progress=none",
      "--name",
      "kk",
      BUSYBOX,
      "sh",
      "-c",
      "trap 'echo hup >/tmp/hup' HUP; while :; do sleep 0.1; done",
    );
    expect(await succeed(service.emulator, "kill", "-s", "sighup", "kk")).toBe("kk\n");
    await expect.poll(() => service.exec("kk", "cat /tmp/hup").then(({ stdout }) => stdout)).toBe("hup\n");
    expect(await succeed(service.emulator, "kill", "kk")).toBe("kk\n");
    expect(await states()).toEqual({ kk: "stopped" });
  });

  test("delete of what runs takes --force", async () => {
    await service.background("busy");
    const refused = await call("delete", "busy");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("container busy is running and can not be deleted");
    expect(await succeed(service.emulator, "delete", "--force", "busy", "busy")).toBe("busy\n");
    expect(await states()).toEqual({});
  });

  test("delete --force in the middle of the boot ends what was booted", async () => {
    for (let waitMs = 0; waitMs <= 100; waitMs += 20) {
      const run = start(service.emulator, [
        "run",
        "--progress=none",
        "--name",
        "young",
        BUSYBOX,
        "sleep",
        "1000",
      ]);
      await expect.poll(states, { interval: 0 }).toHaveProperty("young");
      await delay(waitMs);
      expect(await succeed(service.emulator, "delete", "--force", "young")).toBe("young\n");
      expect((await run.result()).exitCode).not.toBe(0);
      await expect.poll(() => service.emulator.leftovers()).toEqual([]);
    }
  });

  test("--rm: the service removes it, also when nobody is attached", async () => {
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--rm",
      "--progress=none",
      "--name",
      "brief",
      BUSYBOX,
      "sleep",
      "0.2",
    );
    await expect.poll(states).toEqual({});
  });

  test("inspect tells the configuration and, while it runs, an address that the host reaches", async () => {
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--progress=none",
      "--name",
      "web",
      "--label",
      "a=b",
      "-m",
      "256m",
      BUSYBOX,
      "sh",
      "-c",
      "echo hi >/tmp/index.html; httpd -f -p 80 -h /tmp",
    );
    const [web] = JSON.parse(await succeed(service.emulator, "inspect", "web"));
    expect(web).toMatchObject({
      id: "web",
      configuration: {
        labels: { a: "b" },
        resources: { cpus: 4, memoryInBytes: 256 * 2 ** 20 },
        initProcess: { executable: "sh", terminal: false },
        image: { reference: "docker.io/nanoclaw-test/busybox:1" },
      },
      status: { state: "running", networks: [{ network: "default", ipv4Gateway: "192.168.64.1" }] },
    });
    const address = web.status.networks[0].ipv4Address.split("/")[0];
    const fetchText = () =>
      fetch(`http://${address}/`).then(
        (response) => response.text(),
        () => "",
      );
    await expect.poll(fetchText).toBe("hi\n");
  });

  test("a published port is the host's, and gone with the container", { tags: ["thorough"] }, async () => {
    const port = 20_000 + (process.pid % 20_000);
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--progress=none",
      "--name",
      "pub",
      "-p",
      `127.0.0.1:${port}:80`,
      BUSYBOX,
      "sh",
      "-c",
      "echo hi >/tmp/index.html; httpd -f -p 80 -h /tmp",
    );
    const fetchText = () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        (response) => response.text(),
        () => "",
      );
    await expect.poll(fetchText).toBe("hi\n");
    const second = await call(
      "run",
      "-d",
      "--progress=none",
      "--name",
      "late",
      "-p",
      `${port}:80`,
      BUSYBOX,
      "true",
    );
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain("failed to bootstrap container");
    expect(second.stderr).toContain("Address already in use");
    expect(Object.keys(await states())).toEqual(["pub"]);
    await succeed(service.emulator, "delete", "-f", "pub");
    expect(await fetchText()).toBe("");
  });

  test("starts take their turns: each waits for the boots before it", { tags: ["thorough"] }, async () => {
    service.emulator.settings({ bootMs: 300 });
    const begin = performance.now();
    const calls = ["t1", "t2", "t3"].map((name) =>
      start(service.emulator, [
        "run",
        "-d",
        "--progress=none",
        "--name",
        name,
        BUSYBOX,
        "sleep",
        "100",
      ]).result(),
    );
    for (const { exitCode } of await Promise.all(calls)) expect(exitCode).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(900);
  });

  test("logs: what the first process wrote, from the last start on", async () => {
    await succeed(
      service.emulator,
      "run",
      "-d",
      "--progress=none",
      "--name",
      "talk",
      BUSYBOX,
      "sh",
      "-c",
      // Two pipes have no order between them.
      "echo; echo one; echo; sleep 1; echo two >&2; sleep 100",
    );
    await expect.poll(() => succeed(service.emulator, "logs", "talk")).toMatch(/one\n\n?two\n$/);
    expect(await succeed(service.emulator, "logs", "-n", "1", "talk")).toBe("two\n");
    await service.exec("talk", "echo not in the log");
    expect(await succeed(service.emulator, "logs", "talk")).not.toContain("not in");
    expect(await succeed(service.emulator, "logs", "--boot", "talk")).toContain("vminitd");
    const { child } = start(service.emulator, ["logs", "-f", "talk"]);
    await expect
      .poll(async () => (await new Promise((resolve) => child.stdout.once("data", resolve)))?.toString())
      .toMatch(/one/);
    child.kill("SIGKILL");
  });

  test("stats: the second of two samples, numbers alone", { tags: ["thorough"] }, async () => {
    await service.background("meter");
    const begin = performance.now();
    const [usage] = JSON.parse(await succeed(service.emulator, "stats", "--format", "json", "meter"));
    expect(performance.now() - begin).toBeGreaterThan(2000);
    expect(usage).toMatchObject({ id: "meter", memoryLimitBytes: 2 ** 30 });
    const table = await succeed(service.emulator, "stats", "--no-stream", "meter");
    expect(table).toMatch(/^Container ID +Cpu % +Memory Usage +Net Rx\/Tx +Block I\/O +Pids\nmeter /);
  });

  test("prune deletes what is stopped, and tells the size on stderr", { tags: ["thorough"] }, async () => {
    await service.background("alive");
    await succeed(service.emulator, "create", "--name", "dead", BUSYBOX);
    const { stdout, stderr } = await call("prune");
    expect(stdout).toBe("dead\n");
    expect(stderr).toMatch(/^Reclaimed .* in disk space\n$/);
    expect(await states()).toEqual({ alive: "running" });
  });
});
