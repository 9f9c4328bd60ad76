import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  attachSandbox,
  listSandboxes,
  removeSandbox,
  SandboxError,
  type SandboxProvider,
} from "@nanoclaw/sandbox";
import { docker } from "@nanoclaw/sandbox-docker";
import { local } from "@nanoclaw/sandbox-local";
import { dockerOfRun, processTableContains } from "@nanoclaw/test-engines";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ContainerOutput, type Runtime, runGroupAgent } from "../src/index.js";
import { answer, busybox, runner, type TurnHost, type TurnHostOptions, turnHost } from "./turn-host.js";

const { dockerHost, reason: noDocker } = dockerOfRun();
const engines: [Runtime, SandboxProvider, string | undefined][] = [
  ["docker", docker({ host: dockerHost, defaultImage: busybox, pull: "never" }), noDocker],
  ["local", local(), undefined],
];
const odd = `it's "$(touch /tmp/pwned)" \`id\` \\ $HOME\nEOF\r\n冷 --resume ---NANOCLAW_OUTPUT_END---`;
const readInput = "cat > /workspace/group/input.json;";

describe.each(engines)("a turn on %s", (runtime, provider, reason) => {
  const made: TurnHost[] = [];
  const begin = (options: Partial<TurnHostOptions> = {}): TurnHost => {
    const host = turnHost(provider, { runtime, ...options });
    made.push(host);
    return host;
  };
  const inGroup = ({ host }: TurnHost, name: string): string =>
    readFileSync(join(host.installation.groupsDirectory, "family", name), "utf8");

  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  afterEach(async () => {
    for (const host of made.splice(0)) host[Symbol.dispose]();
    expect(await listSandboxes(provider)).toEqual([]);
  });

  test("F2: every answer is delivered once, in order, one after the other; F3: with a handle", async () => {
    const t = begin();
    const delivered: (string | null)[] = [];
    let busy = false;
    const closes: unknown[] = [];
    const stdout: Buffer[] = [];
    let overlapped = false;
    const script = [1, 2, 3].map((n) => answer(`answer ${n}`)).join("");
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner(`${readInput}${script}${answer("", ',"newSessionId":"s-2"')}`),
      onOutput: async ({ result: text }) => {
        overlapped ||= busy;
        busy = true;
        await new Promise((resolve) => setImmediate(resolve));
        delivered.push(text);
        busy = false;
      },
      onProcess: (handle, name) => {
        expect(name).toMatch(/^nanoclaw-family-[0-9a-f]{12}$/);
        expect(handle.pid).toBeUndefined();
        handle.stdout.on("data", (data: Buffer) => stdout.push(data));
        handle.on("close", (...how) => closes.push(how));
        handle.stdin.write("late", (error) => expect(error).toBeDefined());
      },
    });
    expect(delivered).toEqual(["answer 1", "answer 2", "answer 3", ""]);
    expect(overlapped).toBe(false);
    expect(result).toMatchObject({ status: "success", result: null, newSessionId: "s-2" });
    expect(Buffer.concat(stdout).toString()).toContain("answer 2");
    expect(closes).toEqual([[0, null]]);
    expect(t.ended).toEqual(["answered"]);
  });

  test("F4: a scheduled task runs, and without a callback its answer is the result", async () => {
    const t = begin();
    const result = await runGroupAgent(t.host, t.group, t.input({ isScheduledTask: true }), {
      mode: runner(`${readInput}${answer("done")}`),
    });
    expect(result).toMatchObject({ status: "success", result: "done" });
    expect(JSON.parse(inGroup(t, "input.json"))).toMatchObject({ isScheduledTask: true });
  });

  test("S5: a prompt of anything arrives as it is; S2: secrets come with it and nowhere else", async () => {
    const t = begin();
    const secret = `sesame-${Date.now()}`;
    writeFileSync(
      join(t.host.installation.root, ".env"),
      `ANTHROPIC_API_KEY=${secret}\nSTRIPE_API_KEY=other\n`,
    );
    const prompt = `${odd}${"x".repeat(1024 * 1024)}`;
    let onArguments: boolean | undefined;
    const result = await runGroupAgent(t.host, t.group, t.input({ prompt }), {
      mode: runner(
        `${readInput} env > /workspace/group/env; ${answer("ok")} echo "$(cat /workspace/group/input.json | tail -c 100)" >&2; exit 3`,
      ),
      onOutput: () => {
        onArguments = processTableContains(secret);
      },
    });
    expect(JSON.parse(inGroup(t, "input.json"))).toEqual({
      ...t.input({ prompt }),
      secrets: { ANTHROPIC_API_KEY: secret },
    });
    expect(inGroup(t, "env")).not.toContain(secret);
    expect(onArguments).toBe(false);
    expect(existsSync("/tmp/pwned")).toBe(false);
    expect(result.error).toContain("exited with code 3");
    const log = readFileSync(result.log ?? "", "utf8");
    expect(log).toContain("[secret]");
    expect(log + JSON.stringify(result)).not.toContain(secret);
    expect(result.log).not.toContain(t.host.installation.groupsDirectory);
  });

  test.each(["claude", "codex", "opencode", "gemini", "kimi"] as const)(
    "S5, F6, S3: %s gets its prompt by standard input, its session and its own secrets",
    async (agent) => {
      const t = begin({ agent });
      const lines = {
        claude: `{"type":"result","subtype":"success","is_error":false,"result":"ok 冷","session_id":"n-1"}`,
        codex: `{"type":"thread.started","thread_id":"n-1"}\n{"type":"item.completed","item":{"type":"agent_message","text":"ok 冷"}}\n{"type":"turn.completed"}`,
        opencode: `{"type":"text","sessionID":"n-1","part":{"text":"ok 冷"}}\n{"type":"step_finish","sessionID":"n-1","part":{"reason":"stop"}}`,
        gemini: `{"type":"init","session_id":"n-1"}\n{"type":"message","role":"assistant","content":"ok 冷","delta":true}\n{"type":"result","status":"success"}`,
        kimi: `{"role":"assistant","content":"ok 冷"}`,
      }[agent];
      const stub = join(t.directory, "stub");
      writeFileSync(
        stub,
        `#!/bin/sh\ncd /workspace/group && printf '%s\\n' "$@" > words && cat > prompt && env > env && echo x >> ../state/kept || exit 9\necho "a warning"\nprintf '%s\\n' '${lines}'\n`,
      );
      writeFileSync(
        join(t.host.installation.root, ".env"),
        "ANTHROPIC_API_KEY=a-key\nOPENAI_API_KEY=o-key\nGEMINI_API_KEY=g-key\nKIMI_API_KEY=k-key\n",
      );
      const notices: string[] = [];
      const delivered: ContainerOutput[] = [];
      const isDocker = runtime === "docker";
      // The stub's user on Docker must own what it writes.
      if (isDocker) openToAll(t);
      const result = await runGroupAgent(t.host, t.group, t.input({ prompt: odd, sessionId: "s-1" }), {
        mode: { kind: "cli" },
        bundle: { files: [{ source: stub, target: `/tmp/bin/${agent}`, mode: 0o755 }] },
        env: { PATH: "/tmp/bin:/usr/bin:/bin" },
        user: isDocker ? "1000:1000" : undefined,
        onNotice: (notice) => notices.push(notice),
        onOutput: (output) => void delivered.push(output),
      });
      const newSessionId = agent === "kimi" ? "s-1" : "n-1";
      expect(result).toMatchObject({ status: "success", result: null, newSessionId });
      expect(delivered).toEqual([{ status: "success", result: "ok 冷", newSessionId }]);
      expect(notices).toEqual([`1 lines of ${agent} were no messages.`]);
      expect(inGroup(t, "prompt")).toBe(odd);
      expect(inGroup(t, "words").split("\n")).toContain("s-1");
      const env = inGroup(t, "env");
      const own = { claude: "a-key", codex: "o-key", opencode: "a-key", gemini: "g-key", kimi: "k-key" }[
        agent
      ];
      expect(env).toContain(own);
      const others = { claude: "o-key", codex: "a-key", opencode: "g-key", gemini: "a-key", kimi: "a-key" }[
        agent
      ];
      expect(env).not.toContain(others);
    },
  );

  test("F6: without kept conversations the session id is dropped, and that is told", async () => {
    const t = begin();
    const notices: string[] = [];
    await runGroupAgent(t.host, t.group, t.input({ sessionId: "s-1" }), {
      mode: runner(`${readInput}${answer("ok")}`),
      keepSessions: false,
      onNotice: (notice) => notices.push(notice),
    });
    expect(JSON.parse(inGroup(t, "input.json"))).not.toHaveProperty("sessionId");
    expect(notices.join()).toContain("session id was dropped");
  });

  test("R7: without an answer the run limit is an error, and nothing lives on", async () => {
    const t = begin({ timeouts: { runMs: 700 } });
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner("sleep 98765 & sleep 98765"),
    });
    expect(result).toMatchObject({
      status: "error",
      error: "Container timed out after 700ms",
      code: "timeout",
    });
    expect(processTableContains("98765")).toBe(false);
    expect(t.ended).toEqual(["timeout"]);
  });

  test("F2, R7: after an answer the idle limit is a success, and the answer is not given again", async () => {
    const t = begin({ timeouts: { idleMs: 500 } });
    const delivered: unknown[] = [];
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner(`${answer("once")} sleep 98764`),
      onOutput: ({ result: text }) => void delivered.push(text),
    });
    expect(delivered).toEqual(["once"]);
    expect(result).toMatchObject({ status: "success", result: null });
    expect(t.ended).toEqual(["answered"]);
  });

  test("R8: an answer without end is an error, and the agent is ended", async () => {
    const t = begin();
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner("echo ---NANOCLAW_OUTPUT_START---; yes"),
      maxOutputBytes: 100_000,
    });
    expect(result).toMatchObject({ status: "error", code: "resource_exhausted" });
  });

  test("an abort and a kill end the run, and are told as that", async () => {
    for (const way of ["abort", "kill"]) {
      const t = begin();
      const controller = new AbortController();
      let end = (): void => undefined;
      const result = await runGroupAgent(t.host, t.group, t.input(), {
        mode: runner(`${answer("first")} sleep 98763`),
        signal: controller.signal,
        onProcess: (handle) => {
          end = () => (way === "abort" ? controller.abort() : expect(handle.kill("SIGKILL")).toBe(true));
        },
        onOutput: () => end(),
      });
      expect(result).toMatchObject({ status: "error", code: "aborted" });
      expect(t.ended).toEqual(["aborted"]);
    }
  });

  test("an agent that is not there, and one that a signal ends, are no success", async () => {
    const t = begin();
    const missing = await runGroupAgent(t.host, t.group, t.input(), {
      mode: { kind: "protocol", entrypoint: ["/no/such/program"] },
    });
    expect(missing.status).toBe("error");
    const killed = await runGroupAgent(t.host, t.group, t.input(), { mode: runner("kill -9 $$") });
    expect(killed).toMatchObject({ status: "error", error: expect.stringContaining("SIGKILL") });
    const silent = await runGroupAgent(t.host, t.group, t.input(), { mode: runner("echo hm") });
    expect(silent).toMatchObject({ status: "error", error: expect.stringContaining("no answer") });
  });

  test("a failed sandbox is kept for its time, and the command that gets in is told", async () => {
    const t = begin({ keep: { on: "failure", ttlMs: 20_000 } });
    const { kept } = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner("echo seen > /tmp/seen; exit 1"),
    });
    expect(kept?.enter).toBe(`npx @nanoclaw/sandbox-cli exec --engine ${runtime} -it ${kept?.id} sh`);
    const sandbox = await attachSandbox(provider, kept?.id ?? "");
    expect(await sandbox.files.readText("/tmp/seen")).toBe("seen\n");
    await sandbox.detach();
    await removeSandbox(provider, kept?.id ?? "");
  });

  test("R3, F7: mounts are the group's own and the allowed, on every engine", async () => {
    const t = begin({ group: { isMain: false, registered: { additionalMounts: [{ hostPath: "/etc" }] } } });
    const { groupsDirectory, root } = t.host.installation;
    mkdirSync(join(groupsDirectory, "global"), { recursive: true });
    writeFileSync(join(groupsDirectory, "global", "CLAUDE.md"), "for all");
    mkdirSync(join(root, "container/agent-runner/src"), { recursive: true });
    writeFileSync(join(root, "container/agent-runner/src/index.ts"), "source");
    const notices: string[] = [];
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner(
        `cat /workspace/global/CLAUDE.md /app/src/index.ts >&2; ls /workspace/ipc /workspace >&2; touch /workspace/global/x && echo written >&2; exit 4`,
      ),
      onNotice: (notice) => notices.push(notice),
    });
    const { stderr } = JSON.parse(readFileSync(result.log ?? "", "utf8")) as { stderr: string };
    expect(stderr).toContain("for allsource");
    expect(stderr).toMatch(/input\nmessages\ntasks/);
    expect(stderr).not.toContain("written");
    expect(stderr).not.toContain("extra");
    expect(notices.join()).toContain("All extra mounts are refused");
  });

  test("the main group sees the project, and not its .env", async () => {
    const t = begin({ group: { isMain: true } });
    writeFileSync(join(t.host.installation.root, ".env"), "ANTHROPIC_API_KEY=sesame-2\n");
    const result = await runGroupAgent(t.host, t.group, t.input({ isMain: true }), {
      mode: runner(`wc -c < /workspace/project/.env > /workspace/group/size; ${answer("ok")}`),
    });
    expect(result.status).toBe("success");
    expect(inGroup(t, "size").trim()).toBe("0");
  });
});

function openToAll({ host: { installation } }: TurnHost): void {
  for (const path of ["groups/family", "data/sessions/family", "data/ipc/family"]) {
    mkdirSync(join(installation.root, path), { recursive: true, mode: 0o777 });
  }
  for (const agent of [".claude", ".codex", ".opencode", ".gemini", ".kimi"]) {
    mkdirSync(join(installation.root, "data/sessions/family", agent), { recursive: true });
  }
  for (const path of [
    "groups/family",
    ...[".claude", ".codex", ".opencode", ".gemini", ".kimi"].map((each) => `data/sessions/family/${each}`),
  ]) {
    chmodSync(join(installation.root, path), 0o777);
  }
}

describe("what is refused before anything is made", () => {
  const provider = local();
  test.each<[string, Record<string, unknown>]>([
    ["S6: a folder that leads out", { groupFolder: "../other" }],
    ["S6: another folder than the group's", { groupFolder: "other" }],
    ["S6: a session id that is an option", { sessionId: "--dangerously" }],
    ["S6: a session id of shell words", { sessionId: "$(id)" }],
    ["S5: a prompt with NUL", { prompt: "a\0b" }],
    ["a prompt that is none", { prompt: 7 }],
    ["a main group that is none", { isMain: true }],
  ])("%s", async (_name, more) => {
    using t = turnHost(provider, { runtime: "local" });
    await expect(runGroupAgent(t.host, t.group, t.input(more))).rejects.toMatchObject({
      code: "invalid_argument",
    });
    expect(t.ended).toEqual([]);
    expect(readdirSync(t.host.installation.root)).toEqual([]);
  });
});

test("a sandbox that cannot be removed is told, and does not undo the answer", async () => {
  const engine = local();
  const stuck: SandboxProvider = {
    name: engine.name,
    capabilities: engine.capabilities,
    probe: (context) => engine.probe(context),
    list: (installation, context) => engine.list(installation, context),
    remove: (id, installation, context) => engine.remove(id, installation, context),
    create: async (request, context) => {
      const driver = await engine.create(request, context);
      const destroy = driver.destroy.bind(driver);
      driver.destroy = async (again) => {
        await destroy(again);
        throw new SandboxError("cleanup_failed", "The engine says no.");
      };
      return driver;
    },
  };
  using t = turnHost(stuck, { runtime: "local" });
  const result = await runGroupAgent(t.host, t.group, t.input(), { mode: runner(answer("ok")) });
  expect(result).toMatchObject({ status: "success", result: "ok", cleanupError: "The engine says no." });
});

test("an answer that the host cannot take is told, and is not given a second time", async () => {
  using t = turnHost(local(), { runtime: "local" });
  let calls = 0;
  const result = await runGroupAgent(t.host, t.group, t.input(), {
    mode: runner(answer("ok")),
    onOutput: () => {
      calls++;
      throw new Error("no connection");
    },
  });
  expect(calls).toBe(1);
  expect(result).toMatchObject({
    status: "error",
    error: "The answer could not be delivered: no connection",
  });
});

test("a host that is slow to take an answer does not hold up the end of the sandbox", async () => {
  const engine = local();
  using t = turnHost(engine, { runtime: "local", timeouts: { idleMs: 300 } });
  const result = await runGroupAgent(t.host, t.group, t.input(), {
    mode: runner(`${answer("once")} sleep 98762`),
    // It takes the answer when the sandbox is gone, and not before.
    onOutput: async () => await expect.poll(() => listSandboxes(engine), { timeout: 10_000 }).toEqual([]),
  });
  expect(result).toMatchObject({ status: "success", result: null });
});

test("claude is not started as root: it would refuse", async ({ skip }) => {
  skip(noDocker !== undefined, noDocker);
  const provider = docker({ host: dockerHost, defaultImage: busybox, pull: "never" });
  using t = turnHost(provider, { runtime: "docker" });
  const result = await runGroupAgent(t.host, t.group, t.input(), { mode: { kind: "cli" } });
  expect(result).toMatchObject({ status: "error", error: expect.stringContaining("for root") });
});
