import { createHash } from "node:crypto";
import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoGuests } from "../src/index.js";
import { AgentCalls, answerOf, type ExecCall } from "./agent-calls.js";
import { Machines, needsGuests } from "./running.js";

describe.each([
  { generation: "old", name: "mac", home: "/Users/admin" },
  { generation: "new", name: "linux", home: "/home/admin" },
])("the $generation agent", ({ generation, name, home }) => {
  needsGuests();
  const isNew = generation === "new";
  let machines: Machines;
  let agent: AgentCalls;

  beforeAll(async () => {
    if (whyNoGuests() !== undefined) return;
    machines = await Machines.install();
    await machines.boot(name);
    agent = new AgentCalls(machines.emulator.home, name);
    await agent.ready();
  });

  afterAll(async () => {
    agent?.[Symbol.dispose]();
    await machines?.[Symbol.asyncDispose]();
  });

  const shell = (script: string, command: object = {}) => agent.run("sh", ["-c", script], command);
  const running = async (pattern: string) => {
    const { stdout } = await agent.run("pgrep", ["-f", pattern]);
    return stdout.toString().split("\n").filter(Boolean);
  };

  it("runs a program as it is told, with both outputs apart and the exit code at the end", async () => {
    const answer = await agent.run("printf", ["%s|", "a b", "--", "$HOME", ""]);
    expect(answer).toMatchObject({
      exitCode: 0,
      kinds: [...(isNew ? ["started"] : []), "standard_output", "exit"],
    });
    expect(answer.stdout.toString()).toBe("a b|--|$HOME||");
    const both = await shell("echo out; echo err >&2; exit 200");
    expect([both.stdout.toString(), both.stderr.toString(), both.exitCode]).toEqual(["out\n", "err\n", 200]);
  });

  it("gives its own environment and directory, and what the call adds", async () => {
    const own = await shell("pwd; echo $USER $HOME $TERM");
    expect(own.stdout.toString()).toBe(`${home}\nadmin ${home} xterm-256color\n`);
    const given = await shell("pwd; echo $USER $A", { env: { A: "b c" }, workdir: "/usr" });
    expect(given.stdout.toString()).toBe("/usr\nadmin b c\n");
  });

  it("tells of a program that cannot be started", async () => {
    for (const [program, command, text] of [
      ["nope", {}, 'exec: "nope": executable file not found in $PATH'],
      ["/nope", {}, "fork/exec /nope: no such file or directory"],
      ["/etc", {}, "fork/exec /etc: permission denied"],
      ["true", { workdir: "/nope" }, "chdir /nope: no such file or directory"],
    ] as const) {
      const answer = await agent.run(program, [], command);
      if (isNew) expect(answer).toMatchObject({ exitCode: 125, kinds: ["exit"], error: undefined });
      else expect(answer.error).toMatchObject({ code: status.UNKNOWN, details: text });
    }
  });

  it("survives arguments that are too long for the system", async () => {
    const answer = await agent.run("echo", ["x".repeat(200_000)]);
    if (isNew) expect(answer).toMatchObject({ exitCode: 125, kinds: ["exit"] });
    else expect(answer.error?.details).toBe("fork/exec echo: argument list too long");
    expect((await agent.run("true")).exitCode).toBe(0);
  });

  it("becomes no other user, which an old one is not even asked for", async () => {
    expect((await agent.run("id", ["-un"], { user: "admin" })).stdout.toString()).toBe("admin\n");
    const other = await agent.run("id", ["-un"], { user: "root" });
    if (isNew) expect(other.exitCode).toBe(125);
    else expect(other.stdout.toString()).toBe("admin\n");
    expect((await agent.run("sudo", ["-n", "id", "-un"])).stdout.toString()).toBe("root\n");
  });

  it("tells the death by a signal", async () => {
    expect((await shell("kill -TERM $$")).exitCode).toBe(isNew ? 143 : -1);
    expect((await shell("kill -KILL $$")).exitCode).toBe(isNew ? 137 : -1);
  });

  it("refuses a call that begins with something else, and one that is detached and has an input", async () => {
    const call = agent.exec();
    call.write({ standard_input: { data: Buffer.from("x") } });
    const first = "first exec request should describe a command to execute";
    expect((await answerOf(call)).error).toMatchObject({ code: status.UNKNOWN, details: first });
    const detached = await agent.run("true", [], { detach: true, tty: true });
    const text = "detach cannot be used with interactive or tty";
    expect(detached.error).toMatchObject({ code: status.UNKNOWN, details: text });
  });

  it("passes input on, to its end", async () => {
    const bytes = Buffer.alloc(300_000, "0123456789\0\xff", "latin1");
    const call = agent.exec();
    call.write({ command: { name: "sha256sum", interactive: true } });
    for (let start = 0; start < bytes.length; start += 50_000) {
      call.write({ standard_input: { data: bytes.subarray(start, start + 50_000) } });
    }
    call.write({ standard_input: { data: Buffer.alloc(0) } });
    const sum = createHash("sha256").update(bytes).digest("hex");
    expect((await answerOf(call)).stdout.toString()).toBe(`${sum}  -\n`);
  });

  it("gives a program that is not interactive no input", async () => {
    const call = agent.exec();
    call.write({ command: { name: "cat" } });
    call.write({ standard_input: { data: Buffer.from("ignored") } });
    expect(await answerOf(call)).toMatchObject({ exitCode: 0, stdout: Buffer.alloc(0) });
  });

  it(`takes the end of the requests for the end of input: ${isNew}`, async () => {
    const call = agent.exec();
    call.write({ command: { name: "sh", args: ["-c", "cat; echo over"], interactive: true } });
    call.write({ standard_input: { data: Buffer.from("in\n") } });
    call.end();
    const answer = answerOf(call);
    if (isNew) {
      expect((await answer).stdout.toString()).toBe("in\nover\n");
    } else {
      await once(call, "data");
      expect(await running("echo over")).not.toEqual([]);
      call.cancel();
      expect((await answer).error?.code).toBe(status.CANCELLED);
    }
  });

  it("sends output in chunks of 4096 bytes at most, and all of it", async () => {
    const answer = await shell("head -c 10000000 /dev/zero; head -c 100001 /dev/zero >&2");
    expect([answer.stdout.length, answer.stderr.length, answer.exitCode]).toEqual([10_000_000, 100_001, 0]);
    expect(answer.largestChunk).toBe(4096);
  });

  it("does not read ahead of a client that does not read", async () => {
    const call = agent.exec();
    call.write({ command: { name: "sh", args: ["-c", "yes | head -c 100000000; echo end >&2"] } });
    await once(call, "data");
    call.pause();
    // Blocked in the middle for good, as the state of the process that writes tells.
    await waitUntilGone(async () => (await blocked("head -c 100000000")) === 0, 10_000);
    call.resume();
    const answer = await answerOf(call);
    expect(answer.exitCode).toBe(0);
    expect(answer.stderr.toString()).toBe("end\n");
  });

  async function blocked(pattern: string): Promise<number> {
    const script = `for pid in $(pgrep -x head); do cat /proc/$pid/wchan /proc/$pid/cmdline; echo; done`;
    const { stdout } = await shell(script);
    return stdout
      .toString()
      .split("\n")
      .filter((line) => /^(anon_)?pipe_write/.test(line) && line.replaceAll("\0", " ").includes(pattern))
      .length;
  }

  it("keeps a call open until what inherited its output has ended", async () => {
    await shell("mkfifo /tmp/gate");
    const call = agent.exec();
    call.write({
      command: { name: "sh", args: ["-c", "echo early; (read line <$0; echo late) &", "/tmp/gate"] },
    });
    const [first] = await firstOutput(call);
    expect(first).toBe("early\n");
    const answer = answerOf(call);
    await shell("echo > /tmp/gate; rm /tmp/gate");
    expect((await answer).stdout.toString()).toBe("late\n");
  });

  it("starts what is detached and forgets it", async () => {
    const answer = await shell("echo unseen; sleep 1001", { detach: true });
    expect(answer).toMatchObject({ exitCode: 0, stdout: Buffer.alloc(0), execId: isNew ? "" : undefined });
    await waitUntilGone(async () => (await running("^sleep 1001")).length !== 1, 5000);
    await agent.run("pkill", ["-f", "^sleep 1001"]);
  });

  it(`kills ${isNew ? "the whole group" : "the program alone"} when a call is cancelled`, async () => {
    const call = agent.exec();
    call.write({ command: { name: "sh", args: ["-c", "sleep 1002 & echo up; wait"] } });
    await firstOutput(call);
    const answer = answerOf(call);
    call.cancel();
    await answer;
    await waitUntilGone(() => running("^sh -c sleep 1002"), 5000);
    if (isNew) await waitUntilGone(() => running("^sleep 1002"), 5000);
    else expect(await running("^sleep 1002")).toHaveLength(1);
    await agent.run("pkill", ["-f", "^sleep 1002"]);
  });

  it("gives a terminal of the size that is asked for, and changes it", async () => {
    const call = agent.exec();
    const script = "tty; stty size; trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.05; done";
    call.write({
      command: {
        name: "sh",
        args: ["-c", script],
        interactive: true,
        tty: true,
        terminal_size: { rows: 31, cols: 97 },
      },
    });
    let output = "";
    call.on("data", ({ standard_output }) => {
      output += standard_output?.data.toString() ?? "";
      if (output.endsWith("ready\r\n")) call.write({ terminal_resize: { rows: 40, cols: 100 } });
    });
    const answer = await answerOf(call);
    expect(answer.stdout.toString()).toMatch(/^\/dev\/pts\/\d+\r\n31 97\r\nready\r\n40 100\r\n$/);
    expect(answer).toMatchObject({ exitCode: 3, stderr: Buffer.alloc(0) });
  });

  it("turns the end of input into the character for it on a terminal", async () => {
    const call = agent.exec();
    call.write({ command: { name: "cat", interactive: true, tty: true } });
    call.write({ standard_input: { data: Buffer.from("line\n") } });
    call.write({ standard_input: { data: Buffer.alloc(0) } });
    const answer = await answerOf(call);
    expect(answer.stdout.toString()).toBe("line\r\nline\r\n");
    expect(answer.exitCode).toBe(0);
  });

  it("runs a hundred at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => shell(`echo ${index}; exit ${index}`)),
    );
    expect(answers.map(({ exitCode }) => exitCode)).toEqual(answers.map((_, index) => index));
    expect(answers.map(({ stdout }) => stdout.toString())).toEqual(answers.map((_, index) => `${index}\n`));
  });

  it("tells the guest's address", async () => {
    expect(`${await agent.resolveIp()}\n`).toBe((await machines.tart("ip", name)).stdout);
  });

  it(isNew ? "sends signals to a group" : "knows no signals", async () => {
    const call = agent.exec();
    call.write({ command: { name: "sh", args: ["-c", "sleep 1003 & echo up; wait"] } });
    const [, execId] = await firstOutput(call);
    if (!isNew) {
      expect((await agent.signal("x", 1))?.code).toBe(status.UNIMPLEMENTED);
      const cancelled = answerOf(call);
      call.cancel();
      expect((await cancelled).error?.code).toBe(status.CANCELLED);
      await agent.run("pkill", ["-f", "^sleep 1003"]);
      return;
    }
    expect((await agent.signal("x", "SIGNAL_SIGTERM"))?.details).toBe('exec "x" is not running');
    expect((await agent.signal(execId, 0))?.details).toBe('unsupported exec signal "SIGNAL_UNSPECIFIED"');
    const answer = answerOf(call);
    expect(await agent.signal(execId, "SIGNAL_SIGTERM")).toBeUndefined();
    expect((await answer).exitCode).toBe(143);
    expect(await running("^sleep 1003")).toEqual([]);
  });

  it(
    isNew ? "ends a program that has closed its input and is sent more" : "forgets input nobody reads",
    async () => {
      await shell("mkfifo /tmp/closed");
      const script = "exec <&-; echo closed; read line <$0; exit 4";
      const call = agent.exec();
      call.write({ command: { name: "sh", args: ["-c", script, "/tmp/closed"], interactive: true } });
      await firstOutput(call);
      call.write({ standard_input: { data: Buffer.from("x") } });
      const answer = answerOf(call);
      if (isNew) {
        expect((await answer).error).toMatchObject({ code: status.UNKNOWN });
      } else {
        await shell("echo > /tmp/closed");
        expect((await answer).exitCode).toBe(4);
      }
    },
  );
});

/** Waits for output: its text, and the id of the execution where there is one. */
async function firstOutput(call: ExecCall): Promise<[string, string]> {
  let execId = "";
  for (;;) {
    const [{ standard_output, started }] = await once(call, "data");
    execId = started?.exec_id ?? execId;
    if (standard_output) return [standard_output.data.toString(), execId];
  }
}
