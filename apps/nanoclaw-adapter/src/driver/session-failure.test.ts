import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import { DriverLog } from "./driver-log.js";
import { deniedByPolicy, failureError, failureOf } from "./session-failure.js";

// Written nowhere: what is told to the host is looked at here.
const log = new DriverLog("/dev/null/there-is-no-such-file");

test.each<[SandboxErrorCode, Record<string, unknown>]>([
  ["invalid_argument", { kind: "spec-invalid", retryable: false }],
  ["unsupported", { kind: "spec-invalid", retryable: false }],
  ["adapter_missing", { kind: "runtime-unavailable", retryable: true }],
  ["engine_unavailable", { kind: "runtime-unavailable", retryable: true }],
  ["timeout", { kind: "runtime-unavailable", retryable: true }],
  ["image_not_found", { kind: "image-unavailable", retryable: true }],
  ["resource_exhausted", { kind: "resources-exhausted", retryable: true }],
  ["sandbox_lost", { kind: "started-then-died", retryable: false }],
  ["permission_denied", { kind: "unknown", retryable: false }],
  ["cleanup_failed", { kind: "unknown", retryable: false }],
  ["adapter_fault", { kind: "unknown", retryable: false }],
])("%s is told as what it is to the host, without its words", (code, failure) => {
  const error = new SandboxError(code, "dial unix /run/secret.sock", {
    cause: new Error("/run/secret.sock"),
  });
  const told = failureOf(error, log, {});
  expect(told).toMatchObject(failure);
  expect(JSON.stringify(told)).not.toContain("secret");
});

test("what to do about it is told", () => {
  const told = failureOf(new SandboxError("unsupported", "No.", { hint: "Install Softnet." }), log, {});
  expect(told).toMatchObject({ detail: expect.stringContaining("Install Softnet.") });
});

test("a failure that was told once is told again as it was", () => {
  expect(failureOf(deniedByPolicy("no"), log, {})).toEqual({
    kind: "denied-by-policy",
    retryable: false,
    detail: "no",
  });
  const died = failureError({ kind: "started-then-died", retryable: false, exitCode: 3 });
  expect(failureOf(died, log, {})).toEqual({ kind: "started-then-died", retryable: false, exitCode: 3 });
});
