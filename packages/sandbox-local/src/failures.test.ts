import { describe, expect, test } from "vitest";
import { bubblewrapFailure, startFailure } from "./failures.js";

const plain = { appArmorRestricts: false };
const ubuntu = { appArmorRestricts: true };

// As bubblewrap 0.8.0 on Debian 12, 0.9.0 on Ubuntu 24.04 and 0.4.1 on Debian 11 wrote them.
const recorded: [message: string, facts: typeof plain, code: string, hint: RegExp][] = [
  ["bwrap: setting up uid map: Permission denied", ubuntu, "engine_unavailable", /bwrap-userns-restrict/],
  [
    "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
    ubuntu,
    "engine_unavailable",
    /apparmor_parser/,
  ],
  ["bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", plain, "engine_unavailable", /seccomp/],
  [
    "bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user " +
      "namespaces. On e.g. debian this can be enabled with 'sysctl kernel.unprivileged_userns_clone=1'.",
    plain,
    "engine_unavailable",
    /unprivileged_userns_clone=1/,
  ],
  [
    "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)",
    plain,
    "engine_unavailable",
    /max_user_namespaces/,
  ],
  ["bwrap: unshare user ns: No space left on device", plain, "engine_unavailable", /max_user_namespaces/],
  [
    "bwrap: Creating new namespace failed, likely because the kernel does not support user namespaces.  bwrap must " +
      "be installed setuid on such systems.",
    plain,
    "engine_unavailable",
    /CONFIG_USER_NS/,
  ],
  [
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    plain,
    "engine_unavailable",
    /systempaths=unconfined/,
  ],
  ["bwrap: Unknown option --disable-userns", plain, "engine_unavailable", /0\.8\.0/],
  ["bwrap: Can't find source path /x: No such file or directory", plain, "invalid_argument", /mounts/],
  ["bwrap: Can't chdir to /nope: No such file or directory", plain, "invalid_argument", /workdir/],
  ["bwrap: Can't mkdir parents for /usr/nope/x: Read-only file system", plain, "invalid_argument", /mounts/],
  ["bwrap: Can't create file at /usr/bin: Is a directory", plain, "invalid_argument", /mounts/],
  ["bwrap: execvp /bin/sh: No such file or directory", plain, "invalid_argument", /\/bin\/sh/],
];

describe("what bubblewrap says", () => {
  test.each(recorded)("%s", (message, facts, code, hint) => {
    const failure = bubblewrapFailure(message, facts);
    expect(failure.code).toBe(code);
    expect(failure.hint).toMatch(hint);
    expect((failure.cause as Error).message).toBe(message);
  });

  test("is a fault of the adapter when it is not known", () => {
    expect(bubblewrapFailure("bwrap: something else", plain).code).toBe("adapter_fault");
    expect(bubblewrapFailure("", plain).code).toBe("adapter_fault");
  });

  test("cannot be mended by trying again", () => {
    expect(bubblewrapFailure("bwrap: setting up uid map: Permission denied", ubuntu).retryable).toBe(false);
  });
});

test("tells a host without free processes from one without bubblewrap", () => {
  const error = (code: string) => Object.assign(new Error(`spawn bwrap ${code}`), { code });
  expect(startFailure(error("ENOENT")).code).toBe("engine_unavailable");
  expect(startFailure(error("EAGAIN")).code).toBe("resource_exhausted");
});
