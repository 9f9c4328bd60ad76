import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listSandboxes, type SandboxProvider } from "@nanoclaw/sandbox";
import ts from "typescript";
import { callContext } from "../src/adapter-calls.js";
import type { Target } from "../src/target.js";

// An installation of the tests' own: nothing else of this user is listed or collected.
const state = mkdtempSync(join(tmpdir(), "conformance-state-"));
process.env.XDG_STATE_HOME = state;

/** Where programs of other processes find the modules that the tests make. */
const cache = new URL("../node_modules/.cache/conformance/", import.meta.url);

/** Where the base keeps its sandboxes. */
export const baseDirectory = join(tmpdir(), "sandbox-child-process");

/** A module that another process can import too. Resolves packages as the tests do. */
export function writeModule(name: string, code: string): string {
  mkdirSync(cache, { recursive: true });
  const url = new URL(name, cache);
  // Whole or not at all: files of tests that run at the same time write the same.
  const draft = new URL(`${name}.${process.pid}`, cache);
  writeFileSync(draft, code);
  renameSync(draft, url);
  return url.href;
}

/** The example adapter of plain child processes, as JavaScript: nothing is wrong with it. */
export async function loadBase(): Promise<SandboxProvider> {
  const source = new URL("../../../examples/adapter-child-process/adapter.ts", import.meta.url);
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const module = writeModule("child-process.mjs", outputText);
  const { childProcess } = (await import(module)) as { childProcess(): SandboxProvider };
  return childProcess();
}

export function targetOf(provider: SandboxProvider, more: Partial<Target> = {}): Target {
  return { name: provider.name, provider: () => provider, leftovers: async () => leftovers(), ...more };
}

function leftovers(): string[] {
  try {
    return readdirSync(baseDirectory, { recursive: true, encoding: "utf8" }).filter((path) =>
      path.includes("/"),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Takes away what a broken provider has left, by means of the unbroken one. */
export async function sweep(base: SandboxProvider): Promise<void> {
  for (const { id, owner } of await listSandboxes(base)) {
    await base.remove(id, owner.installation, callContext());
  }
}

export function removeState(): void {
  rmSync(state, { recursive: true, force: true });
}
