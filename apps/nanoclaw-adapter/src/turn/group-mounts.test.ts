import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "@nanoclaw/sandbox-local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Installation, installationAt } from "../installation.js";
import { groupMounts } from "./group-mounts.js";

const fileCount = 200;
let root: string;
let installation: Installation;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "group-mounts-"));
  installation = installationAt({ root, environment: { HOME: join(root, "home") } });
  const source = join(root, "container/agent-runner/src");
  mkdirSync(source, { recursive: true });
  for (let index = 0; index < fileCount; index++) writeFileSync(join(source, `${index}.ts`), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const filesOfCopy = async (): Promise<number> => {
  const { mounts } = await groupMounts({
    installation,
    group: { folder: "family" },
    provider: local(),
    workspace: "/workspace",
    agentRunner: true,
  });
  const { source = "" } = mounts.find(({ target }) => target === "/app/src") ?? {};
  return readdirSync(source).length;
};

test("two first turns of a group at once both get the whole of the agent-runner", async () => {
  expect(await Promise.all([filesOfCopy(), filesOfCopy(), filesOfCopy()])).toEqual(Array(3).fill(fileCount));
  expect(readdirSync(join(installation.dataDirectory, "sessions/family"))).toEqual(["agent-runner-src"]);
});

test("a copy that a killed host has left in the middle is none, and its directory has the original's permissions", async () => {
  const sessions = join(installation.dataDirectory, "sessions/family");
  mkdirSync(join(sessions, "agent-runner-src.partial-1/src"), { recursive: true });
  chmodSync(join(root, "container/agent-runner/src"), 0o755);
  expect(await filesOfCopy()).toBe(fileCount);
  expect(statSync(join(sessions, "agent-runner-src")).mode & 0o777).toBe(0o755);
});
