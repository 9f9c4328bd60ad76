import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { makePipes } from "./engine.js";
import { openPipe } from "./pipes.js";

test("a reader that goes in the middle of what is written ends the stream, and nothing else", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-local-"));
  const path = join(directory, "pipe");
  await makePipes([path], AbortSignal.timeout(5_000));
  const { stream, release } = openPipe(path, "write");
  const reader = openSync(path, "r");
  release();
  // More than a pipe holds.
  stream.end(Buffer.alloc(1024 * 1024));
  await delay(50);
  closeSync(reader);
  // An error that nobody hears would end the whole program, and fails this test.
  await expect.poll(() => stream.destroyed).toBe(true);
  rmSync(directory, { recursive: true });
});
