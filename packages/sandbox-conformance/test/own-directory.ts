import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

// The base keeps its sandboxes below the temporary directory, and what is left is looked for there: files of tests that
// run at the same time have one each.
const directory = mkdtempSync(join(tmpdir(), "conformance-"));
process.env.TMPDIR = directory;
afterAll(() => rmSync(directory, { recursive: true, force: true }));
