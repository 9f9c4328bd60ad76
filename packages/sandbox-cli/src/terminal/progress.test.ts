import type { SandboxEvent } from "@nanoclaw/sandbox";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { progressText, withProgress } from "./progress.js";

const written: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  written.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What a pull looks like that takes as long as this. */
function work(durationMs: number) {
  return async (update: (text: string) => void) => {
    await vi.advanceTimersByTimeAsync(durationMs / 2);
    update("Pulling debian (10 %)");
    await vi.advanceTimersByTimeAsync(durationMs / 2);
    update("Pulling debian (90 %)");
    return "result";
  };
}

test("does not talk about what is quick", async () => {
  expect(await withProgress("Starting", work(900))).toBe("result");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(written).toEqual([]);
});

test("says each thing once where there is no terminal", async () => {
  expect(await withProgress("Starting", work(4_000))).toBe("result");
  expect(written).toEqual(["Starting …\n", "Pulling debian …\n"]);
});

test("says nothing more after a failure", async () => {
  const failing = withProgress("Starting", async () => {
    throw new Error("no engine");
  });
  await expect(failing).rejects.toThrow("no engine");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(written).toEqual([]);
});

test("tells how far a thing is where that is known", () => {
  const event: SandboxEvent = {
    type: "progress",
    time: 0,
    provider: "docker",
    phase: "pull",
    message: "Pulling a",
  };
  expect(progressText(event)).toBe("Pulling a");
  expect(progressText({ ...event, current: 1, total: 3 })).toBe("Pulling a (33 %)");
  expect(progressText({ ...event, current: 5, total: 3 })).toBe("Pulling a (100 %)");
  expect(progressText({ type: "warning", time: 0, provider: "docker", message: "x" })).toBeUndefined();
});
