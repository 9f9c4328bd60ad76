import type { SandboxProvider } from "@nanoclaw/sandbox";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";

// The built file: the checks import it in other processes too.
const built = new URL("../dist/adapter-child-process/adapter.js", import.meta.url);
const { childProcess } = (await import(built.href)) as { childProcess(): SandboxProvider };

conformance("child-process", () => childProcess(), {
  skip: process.platform === "linux" ? undefined : "The adapter reads /proc, which is Linux's.",
});
