import { expect, test } from "vitest";
import { withDeadline } from "../src/internal/deadline.js";

const never = (): Promise<never> => new Promise(() => undefined);

test("rejects with timeout though the work never settles", async () => {
  const options = { operation: "stats", timeoutMs: 10, settleMs: 1 };
  await expect(withDeadline(options, never)).rejects.toMatchObject({ code: "timeout", operation: "stats" });
});

test("rejects with aborted, and keeps the caller's reason as the cause", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const call = withDeadline({ operation: "stats", signal: controller.signal, settleMs: 1 }, never);
  controller.abort(reason);
  await expect(call).rejects.toMatchObject({ code: "aborted", cause: reason });
});

test("does not begin when it was aborted before", async () => {
  let begun = false;
  const work = async (): Promise<void> => {
    begun = true;
  };
  const call = withDeadline({ operation: "stats", signal: AbortSignal.abort() }, work);
  await expect(call).rejects.toMatchObject({ code: "aborted" });
  expect(begun).toBe(false);
});

test("waits for aborted work to settle before it rejects", async () => {
  const controller = new AbortController();
  let settled = false;
  const call = withDeadline({ operation: "stats", signal: controller.signal }, async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await new Promise((resolve) => setImmediate(resolve));
    settled = true;
  });
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: "aborted" });
  expect(settled).toBe(true);
});

test("gives what the work gives, also its error", async () => {
  expect(await withDeadline({ operation: "stats", timeoutMs: 1000 }, async () => 7)).toBe(7);
  const failing = async (): Promise<never> => {
    throw new Error("own");
  };
  await expect(withDeadline({ operation: "stats" }, failing)).rejects.toThrow("own");
});
