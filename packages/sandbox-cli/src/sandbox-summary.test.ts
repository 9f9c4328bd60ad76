import type { SandboxSummary } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import { summaryJson, summaryRow } from "./sandbox-summary.js";

const now = Date.UTC(2026, 0, 2);
const sandbox: SandboxSummary = {
  id: "sandbox-1",
  labels: { a: "b" },
  state: "running",
  createdAt: now - 90_000,
  owner: { installation: "secret-id", pid: 42, startedAt: "1", host: "h" },
  ownerAlive: true,
  kept: false,
  orphaned: false,
};

test("a row says how old a sandbox is and what it ends with", () => {
  expect(summaryRow("local", sandbox, now)).toEqual([
    ...["sandbox-1", "-", "local", "-", "running", "2m", "with process 42"],
  ]);
  const ends = (change: Partial<SandboxSummary>) =>
    summaryRow("local", { ...sandbox, ...change }, now).at(-1);
  expect(ends({ expiresAt: now + 600_000, kept: true })).toBe("in 10m");
  expect(ends({ expiresAt: now - 1, kept: true })).toBe("now");
  expect(ends({ orphaned: true, ownerAlive: false })).toBe("left behind: sandbox gc");
  expect(ends({ ownerAlive: false })).toBe("with process 42, which is gone");
});

test("JSON has times in UTC and the owner without what only the program needs", () => {
  expect(summaryJson("docker", { ...sandbox, name: "box", image: "debian", expiresAt: now })).toEqual({
    id: "sandbox-1",
    name: "box",
    engine: "docker",
    image: "debian",
    state: "running",
    createdAt: "2026-01-01T23:58:30.000Z",
    expiresAt: "2026-01-02T00:00:00.000Z",
    owner: { pid: 42, alive: true },
    kept: false,
    orphaned: false,
    labels: { a: "b" },
  });
});
