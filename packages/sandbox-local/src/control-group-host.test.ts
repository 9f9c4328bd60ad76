import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findControlGroupHost } from "./control-group-host.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "control-groups-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const second = "35 31 0:38 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const scope = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run.scope";

test("version 1: the group of this process, for each controller", () => {
  write("proc/self/cgroup", "8:pids:/\n4:memory:/session/7\n2:cpu,cpuacct:/\n0::/\n");
  write(
    "proc/self/mountinfo",
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n" +
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
      "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n",
  );
  write("sys/fs/cgroup/cpu,cpuacct/cgroup.procs");
  write("sys/fs/cgroup/memory/session/7/cgroup.procs");
  write("sys/fs/cgroup/pids/cgroup.procs");
  expect(findControlGroupHost(root)).toEqual({
    version: 1,
    parents: {
      cpu: join(root, "sys/fs/cgroup/cpu,cpuacct"),
      memory: join(root, "sys/fs/cgroup/memory/session/7"),
      pids: join(root, "sys/fs/cgroup/pids"),
    },
  });
});

test("version 1 in a container: the mount shows the container's own group as its root", () => {
  write("proc/self/cgroup", "4:memory:/docker/abc\n");
  write("proc/self/mountinfo", "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  write("sys/fs/cgroup/memory/cgroup.procs");
  expect(findControlGroupHost(root).parents).toEqual({ memory: join(root, "sys/fs/cgroup/memory") });
});

test("version 2: beside the group of this process, with the controllers that are given there", () => {
  write("proc/self/cgroup", `0::${scope.slice("/sys/fs/cgroup".length)}\n`);
  write("proc/self/mountinfo", second);
  write(`${scope}/cgroup.subtree_control`, "\n");
  write(`${scope}/cgroup.procs`);
  write(`${dirname(scope)}/cgroup.subtree_control`, "memory pids\n");
  write(`${dirname(scope)}/cgroup.procs`);
  const parent = join(root, dirname(scope));
  expect(findControlGroupHost(root)).toEqual({ version: 2, parents: { memory: parent, pids: parent } });
});

test("version 2 in a container: nothing, as its only group has processes in it", () => {
  write("proc/self/cgroup", "0::/\n");
  write("proc/self/mountinfo", second);
  write("sys/fs/cgroup/cgroup.subtree_control", "\n");
  write("sys/fs/cgroup/cgroup.procs");
  expect(findControlGroupHost(root)).toEqual({ version: 2, parents: {} });
});

test("version 2 without systemd: below the root, where processes may be beside groups", () => {
  write("proc/self/cgroup", "0::/\n");
  write("proc/self/mountinfo", second);
  write("sys/fs/cgroup/cgroup.subtree_control", "cpu memory pids\n");
  write("sys/fs/cgroup/cgroup.procs");
  expect(Object.keys(findControlGroupHost(root).parents).sort()).toEqual(["cpu", "memory", "pids"]);
});

test("nothing where there is no /proc", () => {
  expect(findControlGroupHost(root)).toEqual({ version: 2, parents: {} });
});
