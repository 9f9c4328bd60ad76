import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Tart } from "../src/engine.js";

let directory: string;
const { signal } = new AbortController();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tart-engine-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A program that behaves as Tart does in one respect. */
function program(code: string): Tart {
  const file = join(directory, "tart");
  writeFileSync(file, `#!/bin/sh\n${code}\n`);
  chmodSync(file, 0o755);
  return new Tart(file, join(directory, "home"));
}

test("Tart is told its directory, and not to drop images", async () => {
  const tart = program('printf "%s %s %s" "$TART_HOME" "$TART_NO_AUTO_PRUNE" "$1"');
  expect(await tart.call(["x"], { signal })).toBe(`${join(directory, "home")} 1 x`);
});

test("a Tart that is not there is told with how to get it", async () => {
  const tart = new Tart(join(directory, "none"), directory);
  await expect(tart.call(["list"], { signal })).rejects.toMatchObject({
    code: "engine_unavailable",
    hint: expect.stringContaining("brew install"),
  });
});

test("a list that another's deletion broke is asked for again (openai/tart#1353)", async () => {
  const file = join(directory, "count");
  const tart = program(`echo x >>"${file}"
    [ "$(wc -l <"${file}")" -ge 3 ] && { echo "[]"; exit 0; }
    echo "The file couldn’t be opened because there is no such file." >&2; exit 1`);
  expect(await tart.list(signal)).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe("x\nx\nx\n");
});

test("a list that stays broken is an error", async () => {
  const tart = program('echo "because there is no such file" >&2; exit 1');
  await expect(tart.list(signal)).rejects.toMatchObject({ code: "adapter_fault" });
});

test("a call without an answer ends by its own deadline", async () => {
  const tart = program("exec sleep 60");
  await expect(tart.call(["list"], { signal, timeoutMs: 100 })).rejects.toMatchObject({
    code: "engine_unavailable",
    hint: expect.stringContaining("ps"),
  });
});

test("a call that is aborted rejects with the reason, once the process is gone, deaf or not", async () => {
  const file = join(directory, "pid");
  const tart = program(`trap "" INT; echo $$ >"${file}"; while :; do sleep 0.1; done`);
  const reason = new Error("by the test");
  const abort = new AbortController();
  const call = tart.call(["list"], { signal: abort.signal });
  call.catch(() => undefined);
  await expect.poll(() => readFileSync(file, "utf8"), { timeout: 5_000 }).toMatch(/\d+\n/);
  abort.abort(reason);
  await expect(call).rejects.toBe(reason);
  const pid = Number(readFileSync(file, "utf8"));
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
