import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Tart } from "../src/engine.js";
import { launch } from "../src/launch.js";
import { endProcess, identify, isAlive, isGoneWithin, type ProcessIdentity } from "../src/processes.js";

let directory: string;
const { signal } = new AbortController();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tart-launch-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A shell in the place of `tart`, as what is launched is any program. */
const shell = () => new Tart("/bin/sh", directory);

test("a process does nothing until it is on record, and has the same id then", async () => {
  const file = join(directory, "made");
  const remembered: ProcessIdentity[] = [];
  const { identity, ended } = await launch(
    shell(),
    ["-c", `echo $$ >"${file}"; echo out; echo err >&2; exit 3`],
    {
      remember: (each) => {
        expect(() => readFileSync(file)).toThrow();
        remembered.push(each);
      },
    },
  );
  expect(remembered).toEqual([identity]);
  expect(await ended).toMatchObject({ exitCode: 3, text: expect.stringContaining("out\n") });
  expect(Number(readFileSync(file, "utf8"))).toBe(identity.pid);
});

test("a process that could not be put on record never begins", async () => {
  const file = join(directory, "made");
  const remember = () => {
    throw new Error("the disk is full");
  };
  await expect(launch(shell(), ["-c", `: >"${file}"`], { remember })).rejects.toThrow("the disk is full");
  expect(() => readFileSync(file)).toThrow();
});

test("a process whose starter is killed before it is on record never begins", async () => {
  const file = join(directory, "made");
  // What the launcher is to a starter that dies: a standard input that ends without a word.
  const launcher = spawn("/bin/sh", ["-c", 'IFS= read -r word && exec "$@"', "x", "/usr/bin/touch", file], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  launcher.stdin.destroy();
  await new Promise((resolve) => launcher.once("exit", resolve));
  expect(() => readFileSync(file)).toThrow();
});

test("a process with a log is in a session of its own and writes there", async () => {
  const log = join(directory, "log");
  const { identity, ended } = await launch(shell(), ["-c", "ps -o sid= -p $$; umask; echo last >&2"], {
    log,
    remember: () => undefined,
  });
  expect(await ended).toMatchObject({ exitCode: 0, text: "" });
  expect(readFileSync(log, "utf8").trim().split(/\s+/)).toEqual([
    String(identity.pid),
    // What a guest makes in a directory of the host's must not be hidden from the host.
    process.umask().toString(8).padStart(4, "0"),
    "last",
  ]);
  expect(statSync(log).mode & 0o777).toBe(0o600);
});

test("the lines of a process are told as they come", async () => {
  const lines: string[] = [];
  const { ended } = await launch(shell(), ["-c", "printf '10%%\\r20%%\\r'; echo done"], {
    remember: () => undefined,
    onLine: (line) => void lines.push(line),
  });
  await ended;
  expect(lines).toEqual(["10%", "20%", "done"]);
});

test.each([
  ["by SIGINT", 'trap "exit 9" INT', 5_000, { exitCode: 9 }],
  ["by force where that is not enough", 'trap "" INT', 100, { signal: "SIGKILL" }],
])("a process is ended %s", async (_, trap, patienceMs, end) => {
  let begun = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { identity, ended } = await launch(
    shell(),
    ["-c", `${trap}; echo ready; while :; do sleep 0.05; done`],
    { remember: () => undefined, onLine: () => begun() },
  );
  await ready;
  await endProcess(identity, patienceMs, signal);
  expect(await isAlive(identity)).toBe(false);
  expect(await ended).toMatchObject(end);
});

test("another process with the same id is left alone", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  try {
    const identity = await identify(child.pid ?? 0);
    expect(identity).toBeDefined();
    const earlier = { pid: child.pid ?? 0, startedAt: `${identity?.startedAt} before` };
    expect(await isAlive(earlier)).toBe(false);
    await endProcess(earlier, 100, signal);
    expect(child.exitCode).toBeNull();
    expect(child.signalCode).toBeNull();
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  }
});

test("to wait for an end can be given up", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  try {
    const identity = await identify(child.pid ?? 0);
    if (!identity) throw new Error("It should live.");
    expect(await isGoneWithin(identity, 20, signal)).toBe(false);
    const reason = new Error("no time");
    await expect(isGoneWithin(identity, 10_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  }
});
