import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "conformance-faults-"));

/** A directory of the tests' own, the same for the same name. */
export function temporaryDirectory(name: string): string {
  const directory = join(root, name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A directory with one program in it, to be looked in before all others. */
export function directoryWithProgram(name: string, code: string): string {
  const directory = temporaryDirectory(`programs-${name}`);
  writeFileSync(join(directory, name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  return directory;
}

export function removeTemporary(): void {
  rmSync(root, { recursive: true, force: true });
}
