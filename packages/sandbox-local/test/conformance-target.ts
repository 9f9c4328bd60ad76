import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { findControlGroupHost } from "../src/control-group-host.js";
import { local } from "../src/index.js";

const hostShell = realpathSync("/bin/sh");

type Target = Parameters<typeof import("@nanoclaw/sandbox-conformance/vitest").conformance>[1];

/** The adapter for the checks, with state of its own and this shell as the guest's. */
export function localTarget(shell = hostShell): Target {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-local-conformance-"));
  const stateDirectory = join(directory, "state");
  afterAll(() => rmSync(directory, { recursive: true }));
  return {
    provider: () => local({ stateDirectory }),
    create: shell === hostShell ? {} : { mounts: [{ source: shell, target: hostShell }] },
    hostDirectories: () => [directory],
    leftovers: async () => [...entries(stateDirectory), ...controlGroups()],
  };
}

function entries(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).map(({ name }) => `record ${name}`);
}

/**
 * Those without a process. One with processes may be of another package's tests, which run at the same time and make
 * theirs in the same place; the checks find processes of ours by other means.
 */
function controlGroups(): string[] {
  const parents = new Set(Object.values(findControlGroupHost().parents));
  return [...parents].flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.startsWith("nanoclaw-sandbox-"))
      .map((name) => join(parent, name))
      .filter(isEmpty)
      .map((directory) => `control group ${directory}`),
  );
}

function isEmpty(controlGroup: string): boolean {
  try {
    return readFileSync(join(controlGroup, "cgroup.procs"), "utf8") === "";
  } catch (error) {
    // Removed since it was listed.
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
