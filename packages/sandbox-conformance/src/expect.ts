import assert from "node:assert/strict";
import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";

/** The call rejects with a `SandboxError` of one of these codes, which is returned. */
export async function rejectsWith(
  what: string,
  call: Promise<unknown>,
  ...codes: SandboxErrorCode[]
): Promise<SandboxError> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (!SandboxError.is(error)) {
      throw new Error(`${what} rejected with something that is no SandboxError.`, { cause: error });
    }
    if (!codes.includes(error.code)) {
      throw new Error(`${what} rejected with ${error.code}, not with ${codes.join(" or ")}.`, {
        cause: error,
      });
    }
    assert.ok(error.message.length > 0, `${what} rejected without a message.`);
    return error;
  }
  throw new Error(`${what} did not reject with ${codes.join(" or ")}; it gave ${shown(value)}.`);
}

/** Fails when the call takes longer: a hang is told by its own name. */
export async function within<T>(what: string, timeoutMs: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  call.catch(() => undefined);
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until the answer is empty, 0 or false. Returns how long that took, in milliseconds. */
export async function becomesNothing(
  what: string,
  timeoutMs: number,
  look: () => Promise<number | boolean | readonly unknown[]>,
): Promise<number> {
  const started = performance.now();
  for (;;) {
    const late = performance.now() - started >= timeoutMs;
    const left = await look();
    if (Array.isArray(left) ? left.length === 0 : !left) return performance.now() - started;
    if (late) throw new Error(`${what}: after ${timeoutMs} ms there is still ${shown(left)}.`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Asks again and again until the answer is `true`. */
export async function becomesTrue(
  what: string,
  timeoutMs: number,
  look: () => Promise<boolean>,
): Promise<void> {
  await becomesNothing(what, timeoutMs, async () => !(await look()));
}

/** Compares bytes and tells the first difference instead of all of them. */
export function sameBytes(what: string, actual: Uint8Array, expected: Uint8Array): void {
  const length = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < length && actual[at] === expected[at]) at++;
  if (at === actual.length && at === expected.length) return;
  const around = (bytes: Uint8Array): string =>
    JSON.stringify(Buffer.from(bytes.subarray(at, at + 24)).toString("latin1"));
  throw new Error(
    `${what}: ${actual.length} bytes where ${expected.length} were expected; from byte ${at} on ${around(actual)} instead of ${around(expected)}.`,
  );
}

/** A value in one short line. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
