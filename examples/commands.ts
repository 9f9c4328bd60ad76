import { createSandbox, SandboxError } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

await using sandbox = await createSandbox(engine, { network: "none" });

// #region two-forms
const exact = await sandbox.exec(["echo", "$HOME", "a  b"]); // these arguments, without a shell
const shell = await sandbox.exec("echo one two | wc -w"); // the guest's /bin/sh
console.log(exact.stdout.trim(), shell.stdout.trim()); // $HOME a  b 2
// #endregion

// #region options
const result = await sandbox.exec(["sh", "-c", 'pwd; echo "$GREETING"; cat; exit 3'], {
  cwd: "/tmp",
  env: { GREETING: "hello" },
  input: "from standard input\n",
  timeoutMs: 10_000, // no limit unless said
  maxOutputBytes: 1_000_000, // of each stream; the rest is dropped and `truncated` is true
});
console.log(result.exitCode, result.stdout.split("\n")); // 3 [ '/tmp', 'hello', 'from standard input', '' ]
// #endregion

// #region outcome
const killed = await sandbox.exec("kill -TERM $$");
console.log(killed.exitCode, killed.signal); // null SIGTERM
const missing = await sandbox.exec(["no-such-program"]);
console.log(missing.exitCode); // 127
// #endregion

// #region check
try {
  await sandbox.exec("echo reason >&2; false", { check: true });
} catch (error) {
  if (!SandboxError.is(error, "command_failed")) throw error;
  console.log(error.message, error.result?.stderr.trim()); // The command exited with 1. reason
}
// #endregion
