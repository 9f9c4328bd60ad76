import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EngineReport } from "@nanoclaw/sandbox/adapter";
import { describe, expect, test } from "vitest";
import { local } from "../src/index.js";
import { call } from "./guest.js";

const program = fileURLToPath(new URL("programs/probe.mjs", import.meta.url));

/** What is found in namespaces where this shell code has been run. */
function probeAfter(code: string): EngineReport {
  const unshare = ["--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"];
  const shell = ["/bin/sh", "-c", `${code}; exec "$@"`, "sh", process.execPath, program];
  return JSON.parse(execFileSync("unshare", [...unshare, ...shell], { encoding: "utf8" })) as EngineReport;
}

describe("what is found", () => {
  test("where all is well: a version, a path, and what limits and terminals rest on", async () => {
    const report = await local().probe(call());
    expect(report).toMatchObject({ available: true, endpoint: expect.stringMatching(/\/bwrap$/) });
    expect(report.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(report.details)).toEqual(["limits", "terminals", "user", "records"]);
  });

  test("where bubblewrap is not installed: the command that installs it", async () => {
    const { available, problems } = await local({ bubblewrap: "no-such-bwrap" }).probe(call());
    expect(available).toBe(false);
    expect(problems[0]?.message).toContain("not installed");
    expect(problems[0]?.hint).toMatch(/bubblewrap/);
  });

  test("where the user has no namespaces left: the setting", () => {
    const { available, problems } = probeAfter("echo 0 >/proc/sys/user/max_user_namespaces");
    expect(available).toBe(false);
    expect(problems[0]?.hint).toContain("user.max_user_namespaces");
  });

  test("in a container that masks parts of /proc: how to start the container", () => {
    const { available, problems } = probeAfter("mount --bind /dev/null /proc/cmdline");
    expect(available).toBe(false);
    expect(problems[0]?.hint).toContain("systempaths=unconfined");
  });

  test("where control groups are not this user's: which limits it cannot set", () => {
    const mounts = existsSync("/sys/fs/cgroup") ? "mount -t tmpfs none /sys/fs/cgroup" : ":";
    const { available, problems, details } = probeAfter(mounts);
    expect(available).toBe(true);
    expect(problems[0]?.message).toMatch(/cannot limit cpu, memory, pids/);
    expect(details.limits).toBe("disk alone");
  });
});
