import { chmodSync, cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

export interface TestPrograms {
  /** The executable that a test's installation calls docker. */
  readonly docker: string;
  /** A host as a process of its own. */
  readonly conversation: string;
}

/** Node programs of what is TypeScript here. Beside the packages that they import. */
export async function buildPrograms(): Promise<TestPrograms> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const outDir = here("../../node_modules/.cache/nanoclaw-test-programs");
  await build({
    entry: { docker: here("./docker.ts"), conversation: here("./conversation.ts") },
    outDir,
    config: false,
    format: ["esm"],
    outExtension: () => ({ js: ".mjs" }),
    target: "node20.19",
    platform: "node",
    splitting: true,
    silent: true,
    // Two test files may run at once, and one must not take the programs of the other away.
    clean: false,
  });
  // Without it the next docker in PATH would be called.
  chmodSync(join(outDir, "docker.mjs"), 0o755);
  // The agents' source is looked for beside the program.
  cpSync(here("./agent"), join(outDir, "agent"), { recursive: true });
  return { docker: join(outDir, "docker.mjs"), conversation: join(outDir, "conversation.mjs") };
}
