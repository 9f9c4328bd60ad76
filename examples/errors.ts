import { createSandbox, SandboxError } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

/** What to tell the user. */
// #region codes
function explain(error: unknown): string {
  if (!SandboxError.is(error)) throw error; // not ours
  switch (error.code) {
    case "engine_unavailable":
    case "adapter_missing":
      return `${error.message} ${error.hint}`; // the hint is something that a person can do
    case "timeout":
      return `Too slow. Until then: ${error.result?.stdout}`;
    case "file_not_found":
      return `${error.operation}: ${error.message}`;
    default:
      return error.retryable ? "Try again." : error.message;
  }
}
// #endregion

await using sandbox = await createSandbox(engine, { network: "none" });
await sandbox.files.read("/tmp/nothing").catch((error: unknown) => console.log(explain(error)));
await sandbox.exec("true", { cwd: "/nowhere" }).catch((error: unknown) => console.log(explain(error)));
await sandbox.destroy();
await sandbox.exec("true").catch((error: unknown) => console.log(explain(error)));
