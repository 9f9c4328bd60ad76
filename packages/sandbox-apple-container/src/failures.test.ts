import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { describe, expect, test } from "vitest";
import { containerFailure, imageFailure, isBusy, isInterrupted, lostProcess, wordsOf } from "./failures.js";

const failure = (text: string, exitCode = 1, command = "run") =>
  containerFailure({ command, exitCode, text });

/** Texts of apple-container.md §2.4, §4, §5 and §14. */
describe("what container says is told by a code:", () => {
  test.each<[string, string]>([
    [
      'Error: interrupted: "XPC connection error: Connection invalid"\nEnsure container system service has been started with `container system start`.',
      "engine_unavailable",
    ],
    [
      'Error: internalError: "failed to list containers" (cause: "interrupted: "XPC connection error: Connection invalid"")\nEnsure container system service has been started with `container system start`.',
      "engine_unavailable",
    ],
    ['Error: interrupted: "XPC connection error: Connection interrupted"', "engine_unavailable"],
    ["Error: XPC timeout for request to com.apple.container.apiserver/networkList", "engine_unavailable"],
    ["Error: `container` is currently running under Rosetta Translation", "engine_unavailable"],
    ["Error: Unknown option '--mount'\nUsage: container run", "engine_unavailable"],
    ["Error: default kernel not configured", "engine_unavailable"],
    ["Error: container with id sandbox-1 already exists", "already_exists"],
    ["Error: container already exists: sandbox-1", "already_exists"],
    ['Error: hostname(s) already exist: ["sandbox-1"]', "already_exists"],
    [
      'Error: internalError: "failed to stop container" (cause: "notFound: "container with ID sandbox-1 not found"")',
      "sandbox_not_found",
    ],
    ["Error: get failed: container sandbox-1 not found", "sandbox_not_found"],
    ["Error: container not found: a, b", "sandbox_not_found"],
    ["Error: no such container: sandbox-1", "sandbox_not_found"],
    ["Error: container sandbox-1 is not running", "sandbox_lost"],
    [
      'Error: internalError: "failed to kill container" (cause: "invalidState: "no runtime client exists: container is stopped"")',
      "sandbox_lost",
    ],
    [
      'Error: failed to bootstrap container (cause: "internalError: "failed to find target executable /bin/sh"")',
      "unsupported",
    ],
    ["Error: unsupported platform linux/arm64", "image_not_found"],
    ["Error: image not found: nosuch", "image_not_found"],
    ["Error: minimum memory amount allowed is 200 MiB (got 104857600 bytes)", "invalid_argument"],
    ["Error: path '/no' does not exist", "invalid_argument"],
    ["Error: path '/file' is not a directory", "invalid_argument"],
    ["Error: non-default network configuration requires macOS 26 or newer", "unsupported"],
    [
      'Error: failed to start process 1 in container a (cause: "internalError: "vmexec error: internalError: "noPasswdEntries""")',
      "invalid_argument",
    ],
    ["Error: failed to create directory '/new/dir' Permission denied", "invalid_argument"],
    ["Error: storage device attachment is invalid", "resource_exhausted"],
    ["Error: write failed: No space left on device", "resource_exhausted"],
    ["Error: keychain error (-25308)", "permission_denied"],
    ["Error: failed to exec process CancellationError()", "sandbox_lost"],
    ["Error: deleteProcess: exec 7 does not exist in container sandbox-1", "cleanup_failed"],
    ["Error: something that nobody has seen yet", "adapter_fault"],
    ["", "adapter_fault"],
  ])("%j is %s", (text, code) => {
    const error = failure(text);
    expect(error).toMatchObject({ code, message: expect.stringContaining("container run ended with 1") });
    expect(wordsOf(error)).toBe(text);
  });

  test("a service that is down comes with the command that starts it", () => {
    expect(failure("Error: XPC connection error: Connection invalid").hint).toContain(
      "container system start --enable-kernel-install",
    );
  });

  test("the words are in the message, for whoever knows them", () => {
    expect(failure("Error: something new\n").message).toBe("container run ended with 1: something new");
  });
});

test("only a service that did not answer in time is worth another try", () => {
  expect(isBusy(failure("Error: XPC timeout for request to com.apple.container.apiserver/networkList"))).toBe(
    true,
  );
  expect(isBusy(failure("Error: XPC connection error: Connection invalid"))).toBe(false);
  expect(isBusy(new Error("XPC timeout for request"))).toBe(false);
});

describe("the end of a process that had started", () => {
  test.each([0, 1, 7, 64, 126, 127, 137, 143, 254])("%i is its own", (code) => {
    expect(lostProcess(code, "Error: a word of the command itself\n")).toBeUndefined();
  });

  test.each([
    [255, ""],
    [1, "its last words\nError: failed to exec process CancellationError()\n"],
    [1, 'Error: interrupted: "XPC connection error: Connection interrupted"\n'],
  ])("%i with %j is unknown", (code, tail) => {
    expect(lostProcess(code, tail)).toMatchObject({ code: "sandbox_lost" });
  });

  test("output that nobody read in time is told as that, after a main shell's last message too", () => {
    const tail = "\0 0123456789abcdef e 3\0Error: failed to exec process CancellationError()\n";
    expect(lostProcess(1, tail)).toMatchObject({
      code: "sandbox_lost",
      message: expect.stringContaining("nobody had read"),
      hint: expect.stringContaining("three seconds"),
    });
  });
});

test.each<[string, string]>([
  ["Error: failed to pull: HTTP 404", "image_not_found"],
  ["Error: something that nobody has seen yet", "image_not_found"],
  ["Error: XPC connection error: Connection invalid", "engine_unavailable"],
  ["Error: No space left on device", "resource_exhausted"],
])("an image that cannot be had for %j is %s", (text, code) => {
  const error = imageFailure("one:tag", failure(text, 1, "image pull"));
  expect(error).toMatchObject({
    code,
    message: expect.stringContaining("one:tag"),
    hint: expect.any(String),
  });
  expect(SandboxError.is(error.cause)).toBe(true);
});

test("a service that goes away during a call is told from one that is too busy", () => {
  const text =
    'Error: internalError: "failed to list containers" (cause: "interrupted: "XPC connection error: Connection invalid"")';
  expect(isInterrupted(failure(text))).toBe(true);
  expect(isInterrupted(failure("Error: XPC timeout for request to networkList"))).toBe(false);
});
