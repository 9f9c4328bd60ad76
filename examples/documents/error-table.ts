import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";
import { markdownTable } from "./markdown-table.js";

/** Complete by its type: a new code does not compile without a line here. */
const meanings: Readonly<Record<SandboxErrorCode, string>> = {
  invalid_argument:
    "An option, path, name or value is not acceptable. The message says what to write instead",
  unsupported: "The engine or its adapter lacks what was asked for. Nothing was made",
  adapter_missing: "The adapter's package is not installed. The hint is the command that installs it",
  engine_unavailable: "The engine is not installed, not running or not reachable",
  permission_denied: "The engine, the host or the guest denies it to this user",
  image_not_found: "The engine has no such image and could not pull it",
  sandbox_not_found: "The engine has no such sandbox of this installation",
  already_exists: "A sandbox with this name, or a file at this path",
  resource_exhausted: "Memory, disk, process ids or something else of the host or the sandbox has run out",
  out_of_memory: "The sandbox ran out of the memory that its limit allows, and lost its main process",
  timeout: "The time limit of the call has passed. What it had started is gone",
  aborted: "The caller's `signal` aborted the call. What it had started is gone",
  sandbox_lost: "The sandbox or the connection to it ended. What became of the command is unknown",
  command_failed: "`exec` with `check: true`: the command did not exit with 0",
  file_not_found: "No such file in the guest, or on the host for an upload",
  file_failed: "A file operation failed for the reason that the message gives",
  cleanup_failed: "Something of the sandbox may still be there",
  adapter_fault: "The adapter or the engine did what it must not do. The `cause` tells the rest",
};

export function errorTable(): string {
  const codes = Object.keys(meanings) as SandboxErrorCode[];
  return markdownTable([
    ["`code`", "meaning", "`retryable`"],
    ...codes.map((code) => [
      `\`${code}\``,
      meanings[code],
      new SandboxError(code, "").retryable ? "true" : "",
    ]),
  ]);
}
