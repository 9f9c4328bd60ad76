import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import {
  discardedLimit,
  mayTellStartFailure,
  neverStarted,
  pullFailed,
  refused,
  tellsMissingShell,
  unreachable,
} from "./failures.js";

// Answers of Docker 20.10.24 and Podman 4.3.1, word for word but for shortened ids.

describe("refused", () => {
  it.each<[string, number, string, string]>([
    ["docker, no image", 404, "No such image: nosuch:1", "image_not_found"],
    [
      "podman, no image",
      404,
      "no such image: docker.io/library/nosuch:1: image not known",
      "image_not_found",
    ],
    [
      "docker, image name",
      400,
      "invalid reference format: repository name must be lowercase",
      "invalid_argument",
    ],
    [
      "podman, image name",
      500,
      "normalizing image: normalizing name for compat API: invalid reference format",
      "invalid_argument",
    ],
    [
      "docker, user",
      500,
      "unable to find user nobodyknows: no matching entries in passwd file",
      "invalid_argument",
    ],
    [
      "podman, user",
      409,
      "preparing container a6b4160b4c01 for attach: unable to find user nobodyknows: no matching entries in passwd file",
      "invalid_argument",
    ],
    ["docker, working directory", 500, "Cannot mkdir: /bin/busybox is not a directory", "invalid_argument"],
    [
      "podman, working directory",
      409,
      'preparing container a47f92a61a26 for attach: workdir "/bin/busybox" exists on container a47f92a61a26, but is not a directory',
      "invalid_argument",
    ],
    [
      "docker, mount source",
      400,
      'invalid mount config for type "bind": bind source path does not exist: /tmp/nosuch-src',
      "invalid_argument",
    ],
    [
      "docker, file on a directory",
      400,
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/etc/hostname" to rootfs at "/bin": mount /etc/hostname:/bin (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type',
      "invalid_argument",
    ],
    [
      "podman, file on a directory",
      409,
      'preparing container 0fda37b10b4b for attach: runc: runc create failed: unable to start container process: error during container init: error mounting "/etc/hostname" to rootfs at "/bin": mount /etc/hostname:/bin (via /proc/self/fd/6), flags: 0x5000: not a directory: OCI runtime error',
      "invalid_argument",
    ],
    ["docker, runtime", 400, "Unknown runtime specified nosuchrt", "unsupported"],
    [
      "docker, disk",
      500,
      "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
      "unsupported",
    ],
    [
      "podman, disk",
      500,
      "container create: creating container storage: creating read-write layer with ID \"7f5192e68e67\": --storage-opt is supported only for overlay over xfs with 'pquota' mount option",
      "unsupported",
    ],
    ["docker, little memory", 400, "Minimum memory limit allowed is 6MB", "invalid_argument"],
    [
      "podman, little memory",
      500,
      "runc: runc create failed: unable to start container process: error during container init: error setting cgroup config for procHooks process: unable to set memory limit to 1048576 (current usage: 2441216, peak usage: 2478080): OCI runtime error",
      "invalid_argument",
    ],
    [
      "docker, many CPUs",
      400,
      "Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available",
      "invalid_argument",
    ],
    ["docker, capability", 400, 'invalid CapAdd: unknown capability: "CAP_NOSUCH"', "invalid_argument"],
    ["podman, capability", 500, 'container create: "CAP_NOSUCH": unknown capability', "invalid_argument"],
    [
      "docker, name",
      409,
      'Conflict. The container name "/zz-dup" is already in use by container "79569d5e2076". You have to remove (or rename) that container to be able to reuse that name.',
      "already_exists",
    ],
    [
      "podman, name",
      500,
      'container create: creating container storage: the container name "zz-dup" is already in use by 3b588c730c1e. You have to remove that container to be able to reuse that name: that name is already in use',
      "already_exists",
    ],
    ["docker, gone", 404, "No such container: 3dde8fe175a5", "sandbox_not_found"],
    [
      "podman, gone",
      404,
      'no container with name or ID "79a2cb2b4934" found: no such container',
      "sandbox_not_found",
    ],
    ["docker, not running", 409, "Container 15689ce49cd2 is not running", "sandbox_lost"],
    [
      "podman, not running",
      500,
      "can only create exec sessions on running containers: container state improper",
      "sandbox_lost",
    ],
    [
      "podman, no init",
      500,
      "container create: container-init binary not found on the host: stat /usr/libexec/podman/catatonit: no such file or directory",
      "unsupported",
    ],
    ["docker, no file", 404, "Could not find the file /no/such in container x", "file_not_found"],
    ["podman, no file", 404, "no such file or directory", "file_not_found"],
    ["docker, no directory", 400, "extraction point is not a directory", "file_failed"],
    [
      "podman, no directory",
      500,
      "copier: put: /etc/passwd (/etc/passwd): exists but is not a directory",
      "file_failed",
    ],
    ["no rights", 403, "authorization denied by plugin x", "permission_denied"],
    ["no space", 500, "write /var/lib/docker/x: no space left on device", "resource_exhausted"],
    ["anything else", 500, "layer does not exist", "adapter_fault"],
  ])("%s", (_, status, message, code) => {
    const error = refused({ status, message }, { operation: "create" });
    expect(error).toMatchObject({ code, operation: "create", cause: { status, message } });
    expect(error.message).toContain(message);
  });

  it("says what to do about an image without a shell", () => {
    const message =
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown';
    expect(refused({ status: 400, message })).toMatchObject({
      code: "unsupported",
      hint: expect.stringContaining("shell"),
    });
  });
});

describe("unreachable", () => {
  const because = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

  it.each([
    ["ENOENT", "engine_unavailable", "Start it"],
    ["ECONNREFUSED", "engine_unavailable", "Start it"],
    ["ECONNRESET", "engine_unavailable", "restarted"],
    ["ENOTFOUND", "engine_unavailable", "address"],
    ["EACCES", "permission_denied", "usermod -aG docker"],
  ])("%s", (errno, code, hint) => {
    const cause = because(errno);
    expect(unreachable(cause, "unix:///x.sock")).toMatchObject({
      code,
      cause,
      message: expect.stringContaining("unix:///x.sock"),
      hint: expect.stringContaining(hint),
    });
  });
});

describe("pullFailed", () => {
  it.each([
    [
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host',
      "image_not_found",
      "load it into the engine",
    ],
    [
      "pull access denied for nosuch, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      "image_not_found",
      "docker login",
    ],
    ["no matching manifest for linux/s390x in the manifest list entries", "image_not_found", "platform"],
    ["failed to register layer: write /x: no space left on device", "resource_exhausted", "registry"],
  ])("%s", (message, code, hint) => {
    const error = pullFailed("nosuch:1", message);
    expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(error.message).toContain("nosuch:1");
  });
});

describe("neverStarted", () => {
  it.each<[string, string, number]>([
    [
      "docker, no program",
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuchprog": executable file not found in $PATH: unknown\r\n',
      127,
    ],
    [
      "docker, no file",
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "/no/such": stat /no/such: no such file or directory: unknown\r\n',
      127,
    ],
    [
      "podman, no program",
      'Error: runc: exec failed: unable to start container process: exec: "nosuchprog": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found\nError: read unixpacket @->/proc/self/fd/16/attach: read: connection reset by peer\n',
      127,
    ],
    [
      "docker, no program file",
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/passwd": permission denied: unknown\r\n',
      126,
    ],
    [
      "podman, no program file",
      'Error: runc: exec failed: unable to start container process: exec: "/etc/passwd": permission denied: OCI permission denied\n',
      126,
    ],
  ])("%s", (_, text, exitCode) => {
    expect(mayTellStartFailure(text)).toBe(true);
    expect(neverStarted(text)).toEqual({ exitCode, signal: null });
  });

  it.each<[string, string]>([
    ["docker, user", "unable to find user nosuchuser: no matching entries in passwd file\r\n"],
    [
      "docker, directory",
      'OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("/no/such") set in config.json failed: no such file or directory: unknown\r\n',
    ],
    [
      "docker, a file as directory",
      'OCI runtime exec failed: exec failed: unable to start container process: chdir to cwd ("/bin/busybox") set in config.json failed: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type\r\n',
    ],
    [
      "podman, directory",
      'Error: runc: exec failed: unable to start container process: chdir to cwd ("/no/such") set in config.json failed: no such file or directory: OCI runtime attempted to invoke a command that was not found\n',
    ],
  ])("%s", (_, text) => {
    expect(neverStarted(text)).toMatchObject({ code: "invalid_argument" });
  });

  it("is no reading of a program's own words", () => {
    for (const text of ["", "sh: nosuch: not found\n", "Error: no such file or directory\n"]) {
      expect(mayTellStartFailure(text)).toBe(false);
      expect(neverStarted(text)).toBeUndefined();
    }
  });
});

it.each([
  ["[FATAL tini (7)] exec /nosuchprog failed: No such file or directory\n", true],
  ["ERROR (catatonit:2): failed to exec pid1: No such file or directory\n", true],
  ["[FATAL tini (7)] exec /etc/passwd failed: Permission denied\n", false],
  ["sh: x: not found\n", false],
])("tellsMissingShell: %j", (text, expected) => {
  expect(tellsMissingShell(text)).toBe(expected);
});

it("words of an init may be its own from its name on, which comes first", () => {
  expect(mayTellStartFailure("[FATAL tini (6)] ")).toBe(true);
  expect(mayTellStartFailure("[FATAL tini (6)] exec /bin/sh failed: No such file or directory\n")).toBe(true);
  expect(mayTellStartFailure("[FATAL tini (6)] something else")).toBe(false);
});

describe("discardedLimit", () => {
  it.each([
    "Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.",
    "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
    "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.",
  ])("%s", (warning) => {
    const error = discardedLimit(["Something else.", warning]);
    expect(error).toBeInstanceOf(SandboxError);
    expect(error).toMatchObject({ code: "unsupported", message: expect.stringContaining(warning) });
  });

  it("leaves other warnings alone", () => {
    expect(discardedLimit([])).toBeUndefined();
    expect(discardedLimit(["Published ports are discarded when using host network mode"])).toBeUndefined();
  });
});
