import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mustMakeWorkdir, planMounts } from "./mounts.js";
import type { SystemEntry } from "./system-paths.js";

const system: SystemEntry[] = [
  { kind: "bind", path: "/usr", source: "/usr" },
  { kind: "symlink", path: "/bin", to: "usr/bin" },
];
const state = "/nowhere/state";
let root = "";

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "mounts-")));
  mkdirSync(join(root, "project/sub"), { recursive: true });
  mkdirSync(join(root, "state"));
  mkdirSync(join(root, "other"));
  writeFileSync(join(root, "file"), "");
  symlinkSync("sub", join(root, "project/link"));
  symlinkSync("project", join(root, "alias"));
});
afterAll(() => rmSync(root, { recursive: true }));

const mount = (source: string, target: string, readOnly = true) => ({
  source: join(root, source),
  target,
  readOnly,
});

test("puts outer mounts before those in them", async () => {
  const planned = await planMounts([mount("other", "/w/sub"), mount("project", "/w", false)], system, state);
  expect(planned.map(({ target }) => target)).toEqual(["/w", "/w/sub"]);
});

test("follows a link that is the source", async () => {
  const [planned] = await planMounts([mount("alias", "/w")], system, state);
  expect(planned?.source).toBe(join(root, "project"));
});

test.each([
  ["/proc/x", /taken/],
  ["/dev", /taken/],
  ["/run/sandbox/x", /taken/],
  ["/run", /cover/],
  ["/bin/x", /symbolic link/],
  ["/usr/no-such-directory", /read-only/],
  ["/usr/bin/env", /is a file already/],
])("refuses the target %s", async (target, why) => {
  await expect(planMounts([mount("project", target)], system, state)).rejects.toThrow(why);
});

test("mounts over what system directories have", async () => {
  await expect(planMounts([mount("project", "/usr/local/bin")], system, state)).resolves.toHaveLength(1);
  await expect(planMounts([mount("file", "/usr/bin/env")], system, state)).resolves.toHaveLength(1);
});

test("makes what is missing in a writable mount, and never in a read-only one", async () => {
  const inner = mount("other", "/w/new");
  await expect(planMounts([mount("project", "/w", false), inner], system, state)).resolves.toHaveLength(2);
  await expect(planMounts([mount("project", "/w"), inner], system, state)).rejects.toThrow(/read-only/);
});

test("never goes through a link that the guest may have made", async () => {
  const mounts = [mount("project", "/w", false), mount("other", "/w/link/x")];
  await expect(planMounts(mounts, system, state)).rejects.toThrow(/symbolic link/);
});

test("a mount over a system directory is what further targets are looked for in", async () => {
  const mounts = [mount("project", "/usr"), mount("other", "/usr/sub")];
  await expect(planMounts(mounts, system, state)).resolves.toHaveLength(2);
  await expect(
    planMounts([mount("project", "/usr"), mount("other", "/usr/bin")], system, state),
  ).rejects.toThrow();
});

test("covers the records of sandboxes in whatever holds them, and mounts nothing of them", async () => {
  const [planned] = await planMounts([mount(".", "/host")], system, join(root, "state"));
  expect(planned?.hidden).toEqual(["/host/state"]);
  await expect(planMounts([mount("state", "/host")], system, join(root, "state"))).rejects.toThrow(/records/);
});

test("makes a working directory of the guest's own, and wants that of a mount to be there", async () => {
  const mounts = await planMounts([mount("project", "/w")], system, state);
  await expect(mustMakeWorkdir("/work", system, mounts)).resolves.toBe(true);
  await expect(mustMakeWorkdir("/w/sub", system, mounts)).resolves.toBe(false);
  await expect(mustMakeWorkdir("/w/missing", system, mounts)).rejects.toThrow(/does not exist/);
  await expect(mustMakeWorkdir("/usr/missing", system, mounts)).rejects.toThrow(/does not exist/);
});
