import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Capabilities } from "@nanoclaw/sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bind, type MountRules, planMounts } from "./mount-plan.js";

const rulesOf = (mounts: Partial<Capabilities["mounts"]>): MountRules => ({
  capabilities: { mounts: { directories: true, files: true, readOnly: true, nested: true, ...mounts } },
  files: "copy",
});
const container = rulesOf({});
const machine = rulesOf({ files: false, nested: false });

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mount-plan-"));
  for (const name of ["session", "group", "runner"]) mkdirSync(join(root, name));
  writeFileSync(join(root, "group/CLAUDE.md"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const mount = (source: string, target: string, mode: "ro" | "rw"): Bind => ({
  source: join(root, source),
  target,
  readOnly: mode === "ro",
});

/** As NanoClaw composes them, the inner ones first. */
const usual = () => [
  mount("group/CLAUDE.md", "/workspace/agent/CLAUDE.md", "ro"),
  mount("group", "/workspace/agent", "rw"),
  mount("session", "/workspace", "rw"),
  mount("runner", "/app/src", "ro"),
  mount("group", "/run/config", "ro"),
];

test("an engine that nests mounts gets them as they are, outer ones first", async () => {
  const { mounts, inGuest } = await planMounts(usual(), container);
  expect(inGuest).toEqual([]);
  expect(mounts.map(({ target }) => target)).toEqual([
    "/workspace",
    "/workspace/agent",
    "/app/src",
    "/run/config",
    "/workspace/agent/CLAUDE.md",
  ]);
});

test("elsewhere inner ones are shared aside and bound by the guest, each source once, and files are copied", async () => {
  const { mounts, inGuest } = await planMounts(usual(), machine);
  const source = (name: string) => join(root, name);
  expect(mounts).toEqual([
    { source: source("session"), target: "/workspace", readOnly: false },
    { source: source("group"), target: "/mnt/nanoclaw/1", readOnly: false },
    { source: source("runner"), target: "/app/src", readOnly: true },
  ]);
  expect(inGuest).toEqual([
    { from: "/mnt/nanoclaw/1", target: "/workspace/agent", readOnly: false },
    { from: "/mnt/nanoclaw/1", target: "/run/config", readOnly: true },
    {
      source: source("group/CLAUDE.md"),
      from: "/mnt/nanoclaw/4",
      target: "/workspace/agent/CLAUDE.md",
      readOnly: true,
    },
  ]);
});

test("a file for writing cannot be had where only directories are shared", async () => {
  const file = [mount("group/CLAUDE.md", "/notes", "rw")];
  await expect(planMounts(file, machine)).rejects.toMatchObject({ code: "unsupported" });
  await expect(planMounts(file, container)).resolves.toMatchObject({ inGuest: [] });
});

test("what is neither a file nor a directory is refused", async () => {
  const device = { ...mount("x", "/null", "ro"), source: "/dev/null" };
  await expect(planMounts([device], container)).rejects.toMatchObject({ code: "invalid_argument" });
});
