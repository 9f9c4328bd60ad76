import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { ProcessSpec, RawProcess } from "@nanoclaw/sandbox/adapter";
import { expect, it } from "vitest";
import type { Transport } from "../src/transport.js";

export const context = { signal: new AbortController().signal, emit: () => undefined };
// Commands at once share it here.
setMaxListeners(0, context.signal);

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function run(
  transport: Transport,
  argv: string[],
  options: Partial<ProcessSpec> & { input?: string | Uint8Array } = {},
): Promise<Outcome> {
  const { input, ...spec } = options;
  const child = await transport.spawn({ argv, ...spec }, context);
  child.stdin.end(input);
  return await outcomeOf(child);
}

export async function outcomeOf(child: RawProcess): Promise<Outcome> {
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for await (const { stream, data } of child.output) parts[stream].push(data);
  const text = (stream: "stdout" | "stderr"): string => Buffer.concat(parts[stream]).toString("latin1");
  return { ...(await child.exited), stdout: text("stdout"), stderr: text("stderr") };
}

/** How many processes have exactly this argument. */
export async function living(transport: Transport, mark: string): Promise<number> {
  const { stdout } = await run(transport, ["sh", "-c", `ps -A -o args= | grep -c "[s]leep ${mark}"; true`]);
  return Number(stdout);
}

/** Whether `sleep` itself sleeps with this argument, and no shell that is to become it, or to start it, is meant. */
export async function asleep(transport: Transport, mark: string): Promise<boolean> {
  const { exitCode } = await run(transport, ["sh", "-c", `ps -A -o args= | grep -qx "sleep ${mark} *"`]);
  return exitCode === 0;
}

export const newMark = (): string => String(40_000_000 + Math.floor(Math.random() * 9_999_999));

async function become(transport: Transport, mark: string, count: number): Promise<void> {
  for (let round = 0; round < 200; round++) {
    if ((await living(transport, mark)) >= count) return;
    await delay(20);
  }
  throw new Error("The processes did not come up.");
}

/** What every way into a guest has to keep of bytes and ends. */
export function keepsPromises(open: () => Promise<Transport>, mebibytes: number): void {
  it("tells every exit code", async () => {
    const transport = await open();
    for (let from = 0; from < 256; from += 16) {
      const codes = Array.from({ length: 16 }, (_, index) => from + index);
      const told = await Promise.all(codes.map((code) => run(transport, ["sh", "-c", `exit ${code}`])));
      expect(told.map(({ exitCode, signal }) => [exitCode, signal])).toEqual(
        codes.map((code) => [code, null]),
      );
    }
  });

  it("tells death by a signal from an exit", async () => {
    const transport = await open();
    for (const name of ["TERM", "KILL", "HUP", "QUIT", "ABRT", "SEGV", "USR1", "ALRM", "SYS"]) {
      const { exitCode, signal } = await run(transport, ["sh", "-c", `exec kill -${name} $$`]);
      expect([exitCode, signal]).toEqual([null, `SIG${name}`]);
    }
    expect(await run(transport, ["sh", "-c", "exit 143"])).toMatchObject({ exitCode: 143, signal: null });
    expect(await run(transport, ["sh", "-c", "echo before; kill -9 $$"])).toEqual({
      exitCode: null,
      signal: "SIGKILL",
      stdout: "before\n",
      stderr: "",
    });
  });

  it("gives 127 and 126 as a shell does, and rejects a working directory that is not there", async () => {
    const transport = await open();
    expect(await run(transport, ["no-such-program"])).toMatchObject({ exitCode: 127 });
    const plain = await run(transport, ["/etc/passwd"]);
    expect(plain.exitCode).toBe(126);
    expect(plain.stderr).not.toBe("");
    await expect(run(transport, ["true"], { cwd: "/no/such" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });

  it("passes arguments, environment and working directory exactly", async () => {
    const transport = await open();
    const words = [
      "",
      " ",
      "it's",
      '"',
      "$(touch /tmp/x)",
      "line\nend",
      "\r",
      "\x01\x7f\x1b",
      "é😀",
      "-n",
      "--",
      "\\0",
    ];
    const argv = ["sh", "-c", 'printf "%s\\0" "$PWD" "$VALUE" "$@"', "sh", ...words];
    const { stdout } = await run(transport, argv, {
      cwd: "/usr",
      env: { VALUE: words.join("|"), PATH: "/bin:/usr/bin" },
    });
    const expected = ["/usr", words.join("|"), ...words].map((word) => `${word}\0`).join("");
    expect(Buffer.from(stdout, "latin1").toString()).toBe(expected);
    const long = await run(transport, ["sh", "-c", 'printf %s "$VALUE" | wc -c'], {
      env: { VALUE: "x".repeat(100_000) },
    });
    expect(Number(long.stdout)).toBe(100_000);
  });

  it("passes variables that shells use themselves", async () => {
    const transport = await open();
    // A shell that is the command resets IFS.
    const env = { IFS: "x", ENV: "/tmp/none", PS4: "$(touch /tmp/x)", CDPATH: "/", n: "1", id: "3" };
    const { stdout, exitCode } = await run(transport, ["env"], { env });
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(Object.entries(env).map(([name, value]) => `${name}=${value}`)),
    );
  });

  it("keeps the streams apart and every byte as it is", async () => {
    const transport = await open();
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const input = Buffer.concat(Array.from({ length: 4_000 }, () => every));
    const outcome = await run(transport, ["sh", "-c", "f=$(mktemp); cat >$f; cat $f; cat $f >&2; rm $f"], {
      input,
    });
    expect(outcome.stdout === input.toString("latin1")).toBe(true);
    expect(outcome.stderr === input.toString("latin1")).toBe(true);
  });

  it(`takes ${mebibytes} MiB to the last byte while memory stays flat`, async () => {
    const size = mebibytes * 2 ** 20;
    const transport = await open();
    const child = await transport.spawn(
      { argv: ["sh", "-c", `yes 'as it was written' | head -c ${size}`] },
      context,
    );
    const line = Buffer.from("as it was written\n");
    const block = Buffer.alloc(line.length * 65_536, line);
    const before = process.memoryUsage.rss();
    const hash = createHash("md5");
    let bytes = 0;
    let most = 0;
    for await (const { data } of child.output) {
      bytes += data.length;
      hash.update(data);
      most = Math.max(most, process.memoryUsage.rss());
    }
    const expected = createHash("md5");
    for (let left = size; left > 0; left -= block.length) expected.update(block.subarray(0, left));
    expect(bytes).toBe(size);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    expect((most - before) / 2 ** 20).toBeLessThan(100);
    // So much takes its time on a busy machine.
  }, 120_000);

  it("has the guest wait while nobody reads, and other commands not", async () => {
    const transport = await open();
    const child = await transport.spawn({ argv: ["sh", "-c", "yes | head -c 50000000"] }, context);
    const iterator = child.output[Symbol.asyncIterator]();
    let bytes = (await iterator.next()).value.data.length;
    const before = process.memoryUsage.rss();
    for (let round = 0; round < 20; round++) {
      expect(await run(transport, ["echo", "beside"])).toMatchObject({ stdout: "beside\n" });
    }
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(40);
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      bytes += next.value.data.length;
    expect(bytes).toBe(50_000_000);
  });

  it("runs a hundred commands at once", async () => {
    const transport = await open();
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    const told = await Promise.all(
      numbers.map((number) => run(transport, ["sh", "-c", `cat; exit ${number}`], { input: `in ${number}` })),
    );
    expect(told.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(
      numbers.map((n) => [n, `in ${n}`]),
    );
  });

  it("does not mind input that nobody reads", async () => {
    const transport = await open();
    for (let round = 0; round < 20; round++) {
      const outcome = await run(transport, ["sh", "-c", "head -n 1; echo end >&2"], {
        input: Buffer.alloc(1_000_000, "line\n"),
      });
      expect(outcome).toEqual({ exitCode: 0, signal: null, stdout: "line\n", stderr: "end\n" });
    }
  });

  it("tells the end of a command though something holds its output", async () => {
    const transport = await open();
    const mark = newMark();
    const child = await transport.spawn({ argv: ["sh", "-c", `sleep ${mark} & echo done; exit 4`] }, context);
    expect(await outcomeOf(child)).toEqual({ exitCode: 4, signal: null, stdout: "done\n", stderr: "" });
    expect(await living(transport, mark)).toBe(1);
    await run(transport, ["pkill", "-f", `sleep ${mark}`]);
  });

  it("is told honestly when a command kills the shell around it", async () => {
    const transport = await open();
    await expect(run(transport, ["sh", "-c", "kill -KILL $PPID; sleep 0.2"])).rejects.toMatchObject({
      code: "sandbox_lost",
    });
    for (const victims of ["0", "-$$"]) {
      expect(await run(transport, ["sh", "-c", `kill -KILL ${victims}; sleep 1`])).toMatchObject({
        signal: "SIGKILL",
      });
    }
    expect(await run(transport, ["sh", "-c", "trap 'kill 0' EXIT; true"])).toMatchObject({
      signal: "SIGTERM",
    });
    expect(await run(transport, ["echo", "next"])).toMatchObject({ stdout: "next\n" });
  });
}

/** What every way into a guest has to keep of killing. */
export function killsTrees(open: () => Promise<Transport>, os: "darwin" | "linux"): void {
  it("kills a tree that ignores signals, and tells it", async () => {
    const transport = await open();
    const mark = newMark();
    const script = `trap '' TERM INT HUP; for i in 1 2 3 4 5; do sleep ${mark} & done; (sleep ${mark} & sleep ${mark}) & sleep ${mark}; wait`;
    const child = await transport.spawn({ argv: ["sh", "-c", script] }, context);
    await become(transport, mark, 8);
    await child.kill?.("SIGKILL");
    expect(await living(transport, mark)).toBe(0);
    expect(await child.exited).toEqual({ exitCode: null, signal: "SIGKILL" });
    await child.kill?.("SIGKILL");
  });

  it.skipIf(os === "darwin")("kills what has left its session and parent", async () => {
    const transport = await open();
    const mark = newMark();
    const script = `setsid sleep ${mark} & (env -i setsid /bin/sleep ${mark} >/dev/null 2>&1 </dev/null &); sleep ${mark}`;
    const child = await transport.spawn({ argv: ["sh", "-c", script] }, context);
    await become(transport, mark, 3);
    await child.kill?.("SIGKILL");
    expect(await living(transport, mark)).toBe(0);
  });

  it("kills what was started a moment ago, and what writes without end unread", async () => {
    const transport = await open();
    const mark = newMark();
    for (const argv of [
      ["sleep", mark],
      ["sh", "-c", `sleep ${mark} & while :; do echo endless; done`],
    ]) {
      const child = await transport.spawn({ argv }, context);
      await child.kill?.("SIGKILL");
      expect(await living(transport, mark)).toBe(0);
      expect(await outcomeOf(child)).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    }
  });

  it("leaves other commands, and what they left running, alone", async () => {
    const transport = await open();
    const [left, other] = [newMark(), newMark()];
    await run(transport, ["sh", "-c", `sleep ${left} >/dev/null 2>&1 &`]);
    const beside = await transport.spawn({ argv: ["sleep", other] }, context);
    const child = await transport.spawn({ argv: ["sleep", "1000"] }, context);
    await become(transport, other, 1);
    await child.kill?.("SIGKILL");
    expect([await living(transport, left), await living(transport, other)]).toEqual([1, 1]);
    await beside.kill?.("SIGKILL");
    await run(transport, ["pkill", "-f", `sleep ${left}`]);
  });

  it("passes other signals on, and tells what they do", async () => {
    const transport = await open();
    const child = await transport.spawn(
      { argv: ["sh", "-c", "trap 'echo handled; exit 3' USR1; echo ready; while :; do sleep 0.05; done"] },
      context,
    );
    const iterator = child.output[Symbol.asyncIterator]();
    await iterator.next();
    await child.kill?.("SIGUSR1");
    expect(await child.exited).toEqual({ exitCode: 3, signal: null });
    for (const signal of ["SIGTERM", "SIGINT"]) {
      const sleeper = await transport.spawn({ argv: ["sleep", "1000"] }, context);
      await sleeper.kill?.(signal);
      expect(await sleeper.exited).toEqual({ exitCode: null, signal });
    }
  });
}
