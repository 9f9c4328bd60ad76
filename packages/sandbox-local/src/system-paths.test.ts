import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostPathOf, systemEntries, systemPaths } from "./system-paths.js";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "system-paths-"));
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  mkdirSync(join(root, "elsewhere"));
  writeFileSync(join(root, "elsewhere/tool"), "");
  symlinkSync("usr/bin", join(root, "bin"));
  symlinkSync("elsewhere", join(root, "opt"));
});
afterAll(() => rmSync(root, { recursive: true }));

test("a link into what is shown stays a link, another becomes what it leads to", () => {
  expect(systemEntries([join(root, "usr"), join(root, "bin"), join(root, "opt")])).toEqual([
    { kind: "bind", path: join(root, "usr"), source: join(root, "usr") },
    { kind: "symlink", path: join(root, "bin"), to: "usr/bin" },
    { kind: "bind", path: join(root, "opt"), source: join(root, "elsewhere") },
  ]);
});

test("a path of the guest is found on the host, through links too", () => {
  const entries = systemEntries([join(root, "usr"), join(root, "bin"), join(root, "opt")]);
  expect(hostPathOf(join(root, "bin/sh"), entries)).toBe(join(root, "usr/bin/sh"));
  expect(hostPathOf(join(root, "opt/tool"), entries)).toBe(join(root, "elsewhere/tool"));
  expect(hostPathOf("/nowhere", entries)).toBeUndefined();
});

test("of the default not everything need be there, of what the user names all", () => {
  expect(() => systemEntries(systemPaths)).not.toThrow();
  expect(() => systemEntries([join(root, "missing")])).toThrow(/does not exist/);
});

test("nothing of the default is private to the host or its users", () => {
  for (const path of [
    "/etc/shadow",
    "/etc/passwd",
    "/etc/ssl/private/key.pem",
    "/home/me",
    "/root",
    "/run",
    "/var",
  ]) {
    expect(hostPathOf(path, systemEntries(systemPaths))).toBeUndefined();
  }
});
