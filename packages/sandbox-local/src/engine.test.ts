import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startBubblewrap } from "./engine.js";

test("what is written to a sandbox that is about to end is lost without a word: its exit is what tells", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-local-"));
  const program = join(directory, "ends");
  writeFileSync(program, "#!/bin/sh\nexec 0<&-\necho closed >&2\nsleep 0.3\nexit 3\n");
  chmodSync(program, 0o700);
  const ending = await startBubblewrap({
    program,
    arguments: [],
    files: [],
    pipes: directory,
    controlGroups: [],
    command: [],
  });
  await expect.poll(() => ending.message()).toBe("closed");
  // An error that nobody hears would end the whole program, and fails this test.
  ending.leash.write("\n");
  await delay(50);
  expect(await ending.exited).toEqual({ exitCode: 3, signal: null });
  rmSync(directory, { recursive: true });
});
