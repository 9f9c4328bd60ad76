import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { OutputChunk } from "../src/contract/process.js";
import { Lane } from "../src/internal/lane.js";
import { type LaneCommand, laneCommand } from "../src/internal/main-shell.js";
import { OutputCollector } from "../src/internal/output-collector.js";
import { shellsHere, startGuest, whyNoNamespace } from "./guest-process.js";

const reason = whyNoNamespace();

describe.skipIf(reason)(`main shell${reason ? ` (skipped: ${reason})` : ""}`, () => {
  for (const shell of shellsHere()) {
    // Two names of one program differ little.
    const tags = shell.name === "bash as sh" ? ["thorough" as const] : [];
    describe(`${shell.name}, in a first command`, { tags }, () => promises(shell.path, false));
    describe(`${shell.name}, in a later command`, { tags }, () => promises(shell.path, true));
  }
});

function promises(shell: string, later: boolean): void {
  const opened: ReturnType<typeof startGuest>[] = [];
  const secrets = { TOKEN: "it's\n$(not) \\ `code`" };

  async function open(kind: "main" | "lane" = "main"): Promise<Lane> {
    const guest = startGuest(laneCommand(shell, kind));
    opened.push(guest);
    const lane = await Lane.open(guest.raw, kind, secrets, AbortSignal.timeout(10_000));
    // Only the first command is forked when it comes.
    if (later) await run(lane, { argv: ["true"] });
    return lane;
  }

  async function run(lane: Lane, command: string | LaneCommand, input?: Uint8Array) {
    const output = new OutputCollector(1e9);
    const words = typeof command === "string" ? { argv: ["sh", "-c", command] } : command;
    const running = lane.run(words, (chunk: OutputChunk) => output.add(chunk), input);
    try {
      const exit = await running.ended;
      return { ...exit, stdout: output.bytes("stdout"), stderr: output.bytes("stderr").toString() };
    } finally {
      await running.left;
    }
  }

  afterEach(() => {
    for (const { child } of opened.splice(0)) child.kill("SIGKILL");
  });

  test("gives every exit code as it was", async () => {
    const lane = await open();
    for (let code = 0; code < 256; code++) {
      expect(await run(lane, `exit ${code}`)).toMatchObject({ exitCode: code, signal: null });
    }
  });

  test("tells death by a signal from an exit with 128 and more", async () => {
    const lane = await open();
    for (const name of ["HUP", "QUIT", "ILL", "ABRT", "FPE", "KILL", "SEGV", "ALRM", "TERM", "USR1"]) {
      expect(await run(lane, `kill -${name} $$`)).toMatchObject({ exitCode: null, signal: `SIG${name}` });
    }
  });

  test("leaves no signal ignored and no file open but the three", async () => {
    const lane = await open();
    const { stdout } = await run(lane, { argv: ["sh", "-c", "grep SigIgn /proc/self/status"] });
    expect(stdout.toString()).toBe("SigIgn:\t0000000000000000\n");
    // What this test program itself has inherited comes through as it would without a lane.
    const direct = spawnSync("ls", ["/proc/self/fd"], { encoding: "utf8" });
    expect((await run(lane, { argv: ["ls", "/proc/self/fd"] })).stdout.toString()).toBe(direct.stdout);
  });

  test("keeps stdout and stderr apart, and bytes as they are", async () => {
    const lane = await open();
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const echoed = await run(lane, "cat; echo other >&2", all);
    expect(echoed.stdout).toEqual(all);
    expect(echoed.stderr).toBe("other\n");
  });

  test("takes any bytes of any number as input of a command", async () => {
    const lane = await open();
    for (const size of [1, 1024, 4096]) {
      const bytes = randomBytes(size);
      expect((await run(lane, "cat", bytes)).stdout).toEqual(bytes);
    }
    expect((await run(lane, "cat", Buffer.from("-n %s"))).stdout.toString()).toBe("-n %s");
    // Every byte after every byte that some shell marks characters by.
    for (const marker of [0x01, 0x7f, 0x81, 0x88]) {
      const pairs = Buffer.from(Array.from({ length: 512 }, (_, at) => (at % 2 ? at >> 1 : marker)));
      expect((await run(lane, "cat", pairs)).stdout).toEqual(pairs);
      const words = Array.from({ length: 255 }, (_, at) => Buffer.from([marker, at + 1]));
      const { stdout } = await run(lane, { argv: ["printf", "%s", ...words] });
      expect(stdout).toEqual(Buffer.concat(words));
    }
  });

  test("passes arguments and environment literally", async () => {
    const lane = await open();
    const odd = [
      "",
      "a b",
      "it's",
      '"',
      "\\",
      "$(id)",
      "`id`",
      "line\nend",
      "*",
      "-n",
      "ключ",
      "\u0001\u0088",
    ];
    const { stdout } = await run(lane, {
      argv: ["sh", "-c", 'printf "%s\\0" "$@" "$ODD" "$TOKEN" "$IMAGE"', "sh", ...odd],
      env: { ODD: "a'b\nc" },
    });
    expect(stdout.toString().split("\0").slice(0, -1)).toEqual([
      ...odd,
      "a'b\nc",
      secrets.TOKEN,
      "of the image",
    ]);
  });

  test("adds nothing to the environment of a command", async () => {
    const lane = await open();
    const { stdout } = await run(lane, { argv: ["env"] });
    const names = [...stdout.toString().matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    // bash names the program it starts, and counts its own levels.
    expect(names.filter((name) => name !== "_" && name !== "SHLVL").sort()).toEqual([
      "HOME",
      "IMAGE",
      "PATH",
      "TOKEN",
    ]);
  });

  test("says when the working directory is missing", async () => {
    const lane = await open();
    await expect(run(lane, { argv: ["pwd"], cwd: "/no/such" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    expect((await run(lane, { argv: ["pwd"], cwd: "/usr" })).stdout.toString()).toBe("/usr\n");
  });

  test("is dirty while a stray holds its output, and clean again after", async () => {
    const lane = await open();
    await run(lane, "sleep 1000 & echo $!");
    expect(lane.dirty).toBe(true);
    expect(lane.free).toBe(false);
    const helper = await open();
    expect(helper.dirty).toBe(false);
    await lane.look();
    expect(lane.dirty).toBe(true);
  });

  test("stays clean when a background child has other output", async () => {
    const lane = await open();
    await run(lane, "sleep 1000 >/dev/null 2>&1 &");
    // The child may have been seen before it turned its output away.
    while (lane.dirty) await lane.look();
    expect((await run(lane, "echo next")).stdout.toString()).toBe("next\n");
  });

  test("ends a whole tree: sessions of their own, cleared environments, lost parents, deaf to SIGTERM", async () => {
    const lane = await open();
    const script = `trap '' TERM
      i=0; while [ $i -lt 15 ]; do i=$((i+1))
        sh -c 'trap "" TERM; sleep 1000; :' &
        setsid sh -c 'trap "" TERM; sleep 1000; :' &
        ( env -i setsid sh -c 'sleep 1000 & wait' </dev/null >/dev/null 2>&1 & )
      done; echo up; wait`;
    let up: (() => void) | undefined;
    const ready = new Promise<void>((resolve) => {
      up = resolve;
    });
    const running = lane.run({ argv: ["sh", "-c", script] }, () => up?.());
    await ready;
    expect(await lane.end(running)).toEqual({ found: true, left: [] });
    expect(await running.ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    await lane.look();
    const { stdout } = await run(lane, {
      argv: ["sh", "-c", "for p in /proc/[0-9]*; do read -r name <$p/comm; echo $name; done"],
    });
    expect(stdout.toString()).not.toMatch(/sleep/);
  });

  test("leaves other commands alone when it ends one", async () => {
    const lane = await open();
    await run(lane, "sleep 1000 >/dev/null 2>&1 &");
    while (lane.dirty) await lane.look();
    const running = lane.run({ argv: ["sleep", "1000"] }, () => undefined);
    while (!(await lane.end(running)).found);
    await running.left;
    const { stdout } = await run(lane, "cat /proc/[0-9]*/comm");
    expect(stdout.toString()).toMatch(/sleep/);
  });

  test("ends the sandbox when its pipe closes, be a command running or not", async () => {
    for (const busy of [false, true]) {
      const lane = await open();
      const guest = opened.at(-1);
      if (busy) lane.run({ argv: ["sh", "-c", "trap '' TERM; sleep 1000; :"] }, () => undefined);
      guest?.raw.stdin.end();
      await guest?.raw.exited;
      expect((await lane.ended).code).toBe("sandbox_lost");
    }
  });

  test("outlives its pipe after it was let go, until its time is up", async () => {
    const lane = await open();
    const guest = opened.at(-1);
    await lane.letGo(2000);
    const started = performance.now();
    guest?.raw.stdin.end();
    await guest?.raw.exited;
    expect(performance.now() - started).toBeGreaterThan(1000);
  });

  test("gives standard input to a command and ends with it", async () => {
    const lane = await open("lane");
    const output = new OutputCollector(1e9);
    const running = lane.own({ argv: ["sh", "-c", "cat; exit 7"] }, (chunk) => output.add(chunk));
    const sent = Buffer.alloc(300_000, "0123456789\n");
    running.stdin.end(sent);
    expect(await running.ended).toMatchObject({ exitCode: 7, signal: null });
    expect(output.bytes("stdout").equals(sent)).toBe(true);
    await lane.ended;
  });

  test("tells how a command ended that was given standard input", async () => {
    for (const [script, exit] of [
      ["kill -KILL $$", { exitCode: null, signal: "SIGKILL" }],
      ["exit 137", { exitCode: 137, signal: null }],
    ] as const) {
      const lane = await open("lane");
      const running = lane.own({ argv: ["sh", "-c", script] }, () => undefined);
      expect(await running.ended).toMatchObject(exit);
      await lane.ended;
    }
  });

  test("runs what does not exist as a shell does, whatever its name", async () => {
    const lane = await open();
    for (const name of ["no-such", "-no", "--", "/no/such"]) {
      expect(await run(lane, { argv: [name] })).toMatchObject({ exitCode: 127, signal: null });
    }
    expect(await run(lane, { argv: ["/etc/passwd"] })).toMatchObject({ exitCode: 126, signal: null });
  });

  test("does not mind when the process for the next command is killed", async () => {
    const lane = await open();
    const { stdout } = await run(lane, "echo $PPID");
    // Not every shell has one.
    const kill = `sleep 0.3; for i in 1 2 3 4 5; do pkill -KILL -P ${Number(stdout)} && break; sleep 0.02; done`;
    await run(lane, `(${kill}) </dev/null >/dev/null 2>&1 &`);
    // The child may have been seen before it turned its output away. To look stops what was started ahead.
    while (lane.dirty) await lane.look();
    await run(lane, { argv: ["true"] });
    await setTimeout(600);
    expect(await run(lane, "exit 3")).toMatchObject({ exitCode: 3, signal: null });
    expect(await run(lane, "kill -TERM $$")).toMatchObject({ exitCode: null, signal: "SIGTERM" });
    expect(await run(lane, "exit 137")).toMatchObject({ exitCode: 137, signal: null });
  });

  test("tells when the shell that ran a command was killed", async () => {
    const lane = await open();
    const running = lane.run({ argv: ["sh", "-c", "kill -KILL $PPID; sleep 1000"] }, () => undefined);
    let over = false;
    const ended = running.ended.finally(() => {
      over = true;
    });
    ended.catch(() => undefined);
    while (!over) await lane.ping();
    await expect(ended).rejects.toMatchObject({ code: "sandbox_lost" });
    expect(lane.usable).toBe(false);
    expect(lane.alive).toBe(true);
  });
}
