import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CallOptions, callDocker, startDocker } from "./hosts/docker-call.js";
import { askEngine, type ListedContainer } from "./hosts/docker-engine.js";
import { type TestEngines, testEngines, whyNoEngines } from "./hosts/engines.js";
import {
  agentEntrypoint,
  agentImage,
  openDirectory,
  type TestInstallation,
  testInstallation,
} from "./hosts/installation.js";
import { buildPrograms, type TestPrograms } from "./hosts/programs.js";
import { V1Host } from "./hosts/v1-host.js";

const runtimes = ["docker", "local"] as const;
const reason = whyNoEngines(runtimes);

describe.skipIf(reason !== undefined)(
  `docker run by the shim${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let programs: TestPrograms;
    let engines: TestEngines;
    let installation: TestInstallation;
    let count = 0;
    beforeAll(async () => {
      [programs, engines] = await Promise.all([buildPrograms(), testEngines(runtimes)]);
      installation = testInstallation(programs.docker, {
        groups: { docker: { runtime: "docker" }, local: { runtime: "local", entrypoint: ["/bin/sh"] } },
        engines: engines.settings,
      });
      for (const folder of runtimes) openDirectory(join(installation.root, "groups", folder));
    });
    afterAll(async () => {
      expect(await namesOf(installation)).toEqual([]);
      installation[Symbol.dispose]();
      await engines[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      count++;
    });

    /** A run of the group of this name; the flags come before the image. */
    const wordsOf = (folder: string, command: readonly string[], flags: readonly string[] = []) => [
      ...["run", "-i", "--rm", "--name", nameOf(folder)],
      ...["-v", `${join(installation.root, "groups", folder)}:/workspace/group`],
      ...flags,
      ...["--entrypoint", command[0] ?? "", agentImage, ...command.slice(1)],
    ];
    const nameOf = (folder: string) => `nanoclaw-${folder}-${1000 + count}`;
    const run = (
      folder: string,
      command: readonly string[],
      flags: readonly string[] = [],
      options?: CallOptions,
    ) => callDocker(installation, wordsOf(folder, command, flags), options);
    const start = (folder: string, command: readonly string[], flags: readonly string[] = []) =>
      startDocker(installation, wordsOf(folder, command, flags));

    describe.each(runtimes)("in %s", (folder) => {
      test("F13: exit codes and signals are told as they were, and the streams stay apart", async () => {
        const [seven, killed, both] = [
          await run(folder, ["sh", "-c", "exit 7"]),
          await run(folder, ["sh", "-c", "kill -9 $$"]),
          await run(folder, ["sh", "-c", "echo out; echo err >&2"]),
        ];
        expect(seven.exitCode).toBe(7);
        expect(killed.exitCode).toBe(137);
        expect(both).toMatchObject({ exitCode: 0, stdout: "out\n", stderr: "err\n" });
      });

      test("input and output are passed on byte for byte, to the last", async () => {
        const bytes = Buffer.from(
          Array.from({ length: 1 << 20 }, (_, index) => (index * 7 + (index >> 8)) & 0xff),
        );
        const { exitCode, bytes: echoed } = await run(folder, ["cat"], [], { input: bytes });
        expect(exitCode).toBe(0);
        expect(echoed.equals(bytes)).toBe(true);
      });

      test("S6: variables, arguments and names of files stay what they are, whatever their characters", async () => {
        const odd = `quotes "'\` $(touch /tmp/pwned) \${HOME} ; & | \n line \\ end`;
        writeFileSync(join(installation.root, "groups", folder, odd.replaceAll("/", "")), "read");
        // NanoClaw 2 names a directory after each session.
        const session = openDirectory(join(installation.root, "data", `--it's "$(touch pwned)" 冷`));
        writeFileSync(join(session, "inbound.db"), " of the session");
        const script = 'printf "%s|%s|" "$ODD" "$1"; cat "$2" "$3/inbound.db"';
        const words = ["sh", "-c", script, "sh", odd, odd.replaceAll("/", ""), `/sessions/冷 $(id)'`];
        const flags = ["-e", `ODD=${odd}`, "-v", `${session}:/sessions/冷 $(id)'`];
        const printed = await run(folder, words, flags);
        expect(printed.stdout).toBe(`${odd}|${odd}|read of the session`);
        expect(existsSync("/tmp/pwned")).toBe(false);
      });

      test("F7: single files, modes inside one another, and a file that is hidden, all as NanoClaw asks", async () => {
        const project = openDirectory(join(installation.root, `project-${folder}`));
        openDirectory(join(project, "fragments"));
        for (const name of [".env", "CLAUDE.md", "fragments/a"])
          writeFileSync(join(project, name), `text of ${name}`);
        const mounts = [
          ...["-v", `${project}:/workspace/project`, "-v", `/dev/null:/workspace/project/.env:ro`],
          ...["-v", `${project}/CLAUDE.md:/workspace/project/CLAUDE.md:ro`],
          ...["-v", `${project}/fragments:/workspace/project/fragments:ro`],
        ];
        const script = `cd /workspace/project
wc -c <.env
for path in .env CLAUDE.md fragments/new; do (echo x >>"$path") 2>/dev/null && echo "wrote $path"; done
umount .env 2>/dev/null && echo unmounted
cat CLAUDE.md; echo; echo new >new`;
        const { stdout } = await run(folder, ["sh", "-c", script], mounts);
        expect(stdout.trim()).toBe("0\ntext of CLAUDE.md");
        expect(readFileSync(join(project, "new"), "utf8")).toBe("new\n");
        expect(readFileSync(join(project, ".env"), "utf8")).toBe("text of .env");
      });

      test("F3: the process is the handle: what ends it ends the command, and its own end is the command's", async () => {
        const child = start(folder, [
          "sh",
          "-c",
          'trap "echo told; exit 3" TERM; echo ready; while :; do sleep 0.02; done',
        ]);
        await once(child.stdout, "data");
        child.kill("SIGTERM");
        const [[told], [exitCode]] = await Promise.all([once(child.stdout, "data"), once(child, "close")]);
        expect(String(told)).toBe("told\n");
        expect(exitCode).toBe(3);

        const killed = start(folder, ["sh", "-c", "echo ready; exec sleep 1000"]);
        await once(killed.stdout, "data");
        killed.kill("SIGKILL");
        await once(killed, "close");
        // Nobody asks for it: it goes by itself.
        await waitUntilGone(() => engines.leftovers(), 10_000);
        expect(await namesOf(installation)).toEqual([]);
      });

      test("R4: what a host had just started when it ended does not run", async () => {
        const { root: cwd, environment: env } = installation;
        const command = wordsOf(folder, ["sh", "-c", "echo ready; exec sleep 1000"]);
        const host = spawn("sh", ["-c", 'docker "$@" & echo started', "host", ...command], {
          cwd,
          env,
          detached: true,
          stdio: ["ignore", "pipe", "inherit"],
        });
        // The shell is gone at once; its stream ends with whoever it left behind.
        expect(await text(host.stdout)).toBe("started\n");
        await waitUntilGone(() => engines.leftovers(), 10_000);
      });

      test("docker stop ends it by name, with time for the command to end by itself, and returns when it is gone", async () => {
        const child = start(folder, ["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.02; done']);
        await once(child.stdout, "data");
        const closed = once(child, "close");
        expect(await callDocker(installation, ["stop", "-t", "1", nameOf(folder)])).toMatchObject({
          exitCode: 0,
          stdout: `${nameOf(folder)}\n`,
        });
        expect(await engines.leftovers()).toEqual([]);
        expect((await closed)[0]).toBe(137);
      });

      test("docker stop ends it past a process of its run that hangs", async () => {
        const child = start(folder, ["sh", "-c", "echo ready; exec sleep 1000"]);
        await once(child.stdout, "data");
        child.kill("SIGSTOP");
        const stopped = await callDocker(installation, ["stop", "-t", "0", nameOf(folder)]);
        expect(stopped).toMatchObject({ exitCode: 0, stdout: `${nameOf(folder)}\n` });
        expect(await engines.leftovers()).toEqual([]);
        child.kill("SIGCONT");
        expect((await once(child, "close"))[0]).toBe(137);
      });

      test("R3: stopping what was killed, has ended or never was leaves nothing, in any order", async () => {
        const child = start(folder, ["sh", "-c", "echo ready; exec sleep 1000"]);
        await once(child.stdout, "data");
        child.kill("SIGKILL");
        const stopped = await callDocker(installation, ["stop", nameOf(folder)]);
        expect(stopped.exitCode).toBe(0);
        expect(await engines.leftovers()).toEqual([]);
        const again = await callDocker(installation, ["stop", nameOf(folder)]);
        expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("No such container") });
      });

      test("R9: of two runs with one name exactly one is there", async () => {
        const [first, second] = [1, 2].map(() => start(folder, ["sh", "-c", "echo ready; cat"]));
        if (!first || !second) throw new Error("two were started");
        const loser = await Promise.race([first, second].map((each) => once(each, "close").then(() => each)));
        const winner = loser === first ? second : first;
        expect(loser.exitCode).toBe(125);
        expect(await namesOf(installation)).toEqual([nameOf(folder)]);
        winner.stdin.end();
        expect((await once(winner, "close"))[0]).toBe(0);
        expect((await run(folder, ["true"])).exitCode).toBe(0);
      });
    });

    test("S9: what a run leaves on disk while it is there is private and has no secret", async () => {
      const secrets = [
        "-e",
        "ANTHROPIC_API_KEY=sk-secret",
        "-e",
        "HTTPS_PROXY=http://x:sk-secret@192.0.2.1:1",
      ];
      const child = start("docker", ["sh", "-c", 'echo "$ANTHROPIC_API_KEY"; cat'], secrets);
      expect(String((await once(child.stdout, "data"))[0])).toBe("sk-secret\n");
      const files = readdirSync(installation.stateHome, { recursive: true, encoding: "utf8" })
        .map((name) => join(installation.stateHome, name))
        .filter((path) => statSync(path).isFile());
      expect(files.some((path) => path.endsWith(".json"))).toBe(true);
      for (const path of files) expect(readFileSync(path, "utf8")).not.toContain("sk-secret");
      const runs = files.find((path) => path.endsWith(".json")) ?? "";
      expect(statSync(runs).mode & 0o077).toBe(0);
      expect(statSync(dirname(runs)).mode & 0o077).toBe(0);
      // What the engine has on record, which everybody sees who may ask it.
      const socket = engines.settings.docker?.host?.replace("unix://", "") ?? "";
      const containers = await askEngine<ListedContainer[]>(socket, "/containers/json");
      const container = containers.find(({ Labels }) => JSON.stringify(Labels).includes(nameOf("docker")));
      expect(container).toBeDefined();
      expect(JSON.stringify(await askEngine(socket, `/containers/${container?.Id}/json`))).not.toContain(
        "sk-secret",
      );
      child.stdin.end();
      await once(child, "close");
    });

    test("docker's limits are kept below the policy's, and /dev/shm is as large as asked or refused", async () => {
      const limits = ["--cpus", "0.5", "--memory", "64m", "--pids-limit", "64", "--init", "--cap-drop=ALL"];
      const limited = await run(
        "docker",
        ["sh", "-c", "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null"],
        limits,
      );
      expect(limited.stdout).toBe(`${64 << 20}\n`);
      const small = await run("docker", ["df", "/dev/shm"], ["--shm-size=1g"]);
      expect(small).toMatchObject({
        exitCode: 125,
        stderr: expect.stringMatching(/--shm-size asks for 1024.*shared-memory/s),
      });
      expect((await run("docker", ["true"], ["--shm-size=32m"])).exitCode).toBe(0);
    });

    test("--user is honoured, or refused where it would be another one", async () => {
      expect((await run("docker", ["id", "-u"], ["--user", "1234:5"])).stdout).toBe("1234\n");
      const own = `${process.getuid?.()}:${process.getgid?.()}`;
      expect((await run("local", ["true"], ["--user", own])).exitCode).toBe(0);
      const refused = await run("local", ["true"], ["--user", "1234:5"]);
      expect(refused).toMatchObject({
        exitCode: 125,
        stderr: expect.stringContaining("cannot run the agent as 1234:5"),
      });
    });

    test("the host's alias becomes an address that the guest reaches, or the run is refused", async () => {
      const proxy = [
        "--add-host=host.docker.internal:host-gateway",
        "-e",
        "PROXY=http://host.docker.internal:3001",
      ];
      const rewritten = await run("local", ["sh", "-c", 'echo "$PROXY"'], proxy);
      expect(rewritten.stdout).toBe("http://127.0.0.1:3001\n");
      const other = await run("local", ["true"], ["--add-host=evil:1.2.3.4"]);
      expect(other.exitCode).toBe(125);
    });

    test("R7: policy's runMs and idleMs end a run as a stop does, and a failed sandbox that is kept is told of", async () => {
      const sandboxProgram = fileURLToPath(
        new URL("./dist/cli.js", import.meta.resolve("@nanoclaw/sandbox-cli/package.json")),
      );
      const { stateDirectory } = engines.settings.local ?? {};
      const limited = async (timeouts: { runMs: number; idleMs: number }, script: string) => {
        const keep = { on: "failure", ttlMs: 30_000 } as const;
        const group = { runtime: "local", timeouts: { bootMs: 60_000, ...timeouts }, keep } as const;
        installation.policy({ groups: { local: group }, engines: engines.settings });
        const ended = await run("local", ["sh", "-c", script]);
        const [, id = ""] = /Look inside: .* -it (\S+) sh/.exec(ended.stderr) ?? [];
        const options = ["--engine", "local", "--engine-option", `stateDirectory="${stateDirectory}"`];
        // It belongs to the owner that the executable's environment makes.
        execFileSync(process.execPath, [sandboxProgram, "rm", ...options, id], {
          env: installation.environment,
        });
        return ended;
      };
      const silent = await limited({ runMs: 100, idleMs: 600_000 }, "exec sleep 1000");
      expect(silent).toMatchObject({ exitCode: 143, stderr: expect.stringContaining("timeouts.runMs") });
      const answer = "echo ---NANOCLAW_OUTPUT_END---; exec sleep 1000";
      const idle = await limited({ runMs: 600_000, idleMs: 100 }, answer);
      expect(idle).toMatchObject({ exitCode: 143, stderr: expect.stringContaining("timeouts.idleMs") });
      expect(idle.stdout).toBe("---NANOCLAW_OUTPUT_END---\n");
    });

    test("prompts of any characters are delivered as they are, up to 1 MiB", async () => {
      const prompts = [
        `"quotes" and 'quotes' and \``,
        "$(touch /tmp/pwned) `id` $HOME %s \\n",
        "two\nlines\r\n---NANOCLAW",
        "a\u0000b",
        "x".repeat(1 << 20),
      ];
      for (const folder of runtimes) {
        const host = new V1Host(installation);
        installation.policy({
          groups: { docker: { runtime: "docker" }, local: { runtime: "local", entrypoint: agentEntrypoint } },
          engines: engines.settings,
        });
        for (const [turn, prompt] of prompts.entries())
          await host.turn(folder, turn, prompt, turn === 0 || turn === 4);
        await host.close(folder);
        const answers = host.journal.ofGroup(folder).map(({ text }) => text);
        expect(answers).toEqual(prompts.map((prompt) => `answer to ${prompt}`));
        // One from each of the two runs.
        expect(host.messages).toEqual(Array(2).fill({ folder, text: `run of ${folder}` }));
      }
      expect(existsSync("/tmp/pwned")).toBe(false);
    });
  },
);

async function namesOf(installation: TestInstallation): Promise<string[]> {
  const { stdout } = await callDocker(installation, ["ps", "--format", "{{.Names}}"]);
  return stdout.split("\n").filter(Boolean);
}
