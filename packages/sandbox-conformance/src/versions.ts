import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Versions that a report tells. */
export function versions(): { conformance: string; core: string; node: string } {
  return {
    conformance: versionIn("../package.json"),
    core: versionIn("@nanoclaw/sandbox/package.json"),
    node: process.versions.node,
  };
}

function versionIn(path: string): string {
  return (require(path) as { version: string }).version;
}
