import { describe, expect, test } from "vitest";
import { imageFailure, isFinalPullFailure, isListRace, startRemedies, tartFailure } from "./failures.js";

const failure = (command: string, exitCode: number, text: string) => tartFailure({ command, exitCode, text });

describe("what Tart says is read", () => {
  test.each([
    ["run", 2, 'VM "x" is already running!', "already_exists"],
    ["exec", 2, 'VM "x" is not running', "sandbox_lost"],
    ["get", 2, 'the specified VM "x" does not exist', "sandbox_not_found"],
    ["run", 1, 'Error: the specified VM "x" does not exist', "sandbox_not_found"],
    ["get", 1, "VM is missing some of its files (config.json, disk.img or nvram.bin)", "adapter_fault"],
    ["run", 1, "VM is missing files for a supported layout: …", "adapter_fault"],
    [
      "run",
      1,
      "disk /x/disk.img seems to be already in use, unmount it first in Finder",
      "resource_exhausted",
    ],
    [
      "set",
      1,
      "new disk size of 10 GB should be larger than the current disk size of 50 GB",
      "invalid_argument",
    ],
    [
      "set",
      1,
      "Error: LessThanMinimalResourcesError: VM should have 4 CPU cores at minimum (requested 1)",
      "invalid_argument",
    ],
    ["clone", 1, "failed to parse remote name: a//b", "invalid_argument"],
    ["clone", 1, 'improperly formatted host "a b" was provided', "invalid_argument"],
    ["login", 1, "invalid credentials: 401", "image_not_found"],
    [
      "list",
      1,
      "TART_HOME is invalid: /x does not exist, yet we can't create it: denied",
      "engine_unavailable",
    ],
    ["run", 64, "Error: Unknown option '--no-clipboard'\nUsage: tart run …", "engine_unavailable"],
    ["run", 1, 'InitializationFailed(why: "softnet not found in PATH")', "unsupported"],
    ["run", 1, "Softnet failed: root privileges are required and passwordless sudo", "permission_denied"],
    ["run", 1, 'RuntimeFailed(why: "Softnet process terminated prematurely")', "sandbox_lost"],
    ["clone", 1, "Error: You can’t save: No space left on device", "resource_exhausted"],
    [
      "clone",
      1,
      "You can’t save the file, because the volume “Macintosh HD” is out of space.",
      "resource_exhausted",
    ],
    ["run", 1, "something new", "adapter_fault"],
  ])("%s, %i: %s", (command, exitCode, text, code) => {
    const error = failure(command, exitCode, text);
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });

  test("the limit of macOS guests names the ones that hold the places (cirruslabs/tart#445)", () => {
    const error = failure("run", 1, "The number of VMs exceeds the system limit (other running VMs: a, b)");
    expect(error.code).toBe("resource_exhausted");
    expect(error.message).toContain("a, b");
    expect(error.hint).toContain("restart");
  });

  test("the limit is known by the framework's own words, too", () => {
    const text =
      'Error Domain=VZErrorDomain Code=6 "The maximum supported number of active virtual machines has been reached."';
    expect(failure("run", 1, text).code).toBe("resource_exhausted");
  });

  test("a keychain that cannot be asked is told with what to do (cirruslabs/tart#1025)", () => {
    const error = failure("pull", 1, "Error: Keychain returned unsuccessful status -25308");
    expect(error.code).toBe("permission_denied");
    expect(error.hint).toContain("unlock");
  });

  test("a Tart that macOS cannot load is not there (openai/tart#1302)", () => {
    const text = "dyld[1]: Library not loaded: @rpath/libswiftCompatibilitySpan.dylib";
    const error = tartFailure({ command: "--version", exitCode: undefined, signal: "SIGABRT", text });
    expect(error.code).toBe("engine_unavailable");
    expect(error.hint).toContain("2.34.0");
    expect(error.message).toContain("SIGABRT");
  });

  test("a saved state that cannot be restored is told apart, and done without", () => {
    const text = 'Error Domain=VZErrorDomain Code=12 "invalid argument"';
    expect(startRemedies.withoutState.test(text)).toBe(true);
    expect(startRemedies.withoutState.test(text.replace("12", "1"))).toBe(false);
  });

  test("a disk that the process before holds is tried again (openai/tart#967)", () => {
    expect(startRemedies.again.test('VZErrorDomain Code=2 "Failed to lock auxiliary storage."')).toBe(true);
  });

  test("a share that has gone is told as that", () => {
    const text = 'VZErrorDomain Code=2 "A directory sharing device configuration is invalid."';
    expect(failure("run", 1, text).code).toBe("invalid_argument");
  });
});

test("a list that another's deletion broke is tried again, and nothing else (openai/tart#1353, #1344)", () => {
  expect(isListRace("The file “config.json” couldn’t be opened because there is no such file.")).toBe(true);
  expect(isListRace("diskutil image info failed: Resource temporarily unavailable")).toBe(true);
  expect(isListRace("Resource temporarily unavailable")).toBe(false);
});

describe("an image that cannot be had", () => {
  test("is named, whatever the reason", () => {
    const error = imageFailure("host/x:1", failure("pull", 1, "Error: Could not connect to the server."));
    expect(error.code).toBe("image_not_found");
    expect(error.message).toContain("host/x:1");
    expect(error.hint).toBeDefined();
  });

  test("stays a full disk where the disk is full", () => {
    const full = failure("pull", 1, "No space left on device");
    expect(imageFailure("host/x:1", full)).toMatchObject({ code: "resource_exhausted", hint: full.hint });
  });

  test("is asked for again only where that may help", () => {
    expect(isFinalPullFailure(failure("pull", 1, "Error: The network connection was lost."))).toBe(false);
    expect(isFinalPullFailure(failure("pull", 1, "unexpected HTTP status 404"))).toBe(true);
    expect(isFinalPullFailure(failure("pull", 1, "unexpected HTTP status 401"))).toBe(true);
    const nowhere = 'NSURLErrorDomain Code=-1003 "A server with the specified hostname could not be found."';
    expect(isFinalPullFailure(failure("pull", 1, nowhere))).toBe(true);
    expect(isFinalPullFailure(failure("pull", 1, "No space left on device"))).toBe(true);
  });
});
