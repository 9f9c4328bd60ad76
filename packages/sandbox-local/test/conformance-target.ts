import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { findControlGroupHost } from "../src/control-group-host.js";
import { local } from "../src/index.js";

type Target = Parameters<typeof import("@nanoclaw/sandbox-conformance/vitest").conformance>[1];

/** The adapter for the checks, with state of its own. */
export function localTarget(): Target {
  const directory = mkdtempSync(join(tmpdir(), "sandbox-local-conformance-"));
  const stateDirectory = join(directory, "state");
  afterAll(() => rmSync(directory, { recursive: true }));
  return {
    provider: () => local({ stateDirectory }),
    hostDirectories: () => [directory],
    leftovers: async () => [...entries(stateDirectory), ...controlGroups()],
  };
}

function entries(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).map(({ name }) => `record ${name}`);
}

function controlGroups(): string[] {
  const parents = new Set(Object.values(findControlGroupHost().parents));
  return [...parents].flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.startsWith("nanoclaw-sandbox-"))
      .map((name) => `control group ${join(parent, name)}`),
  );
}
