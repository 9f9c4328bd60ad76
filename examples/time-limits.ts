import { createSandbox, SandboxError } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

await using sandbox = await createSandbox(engine, { network: "none" });

// #region timeout
try {
  await sandbox.exec("echo begun; setsid sleep 1000 & sleep 1000", { timeoutMs: 500 });
} catch (error) {
  if (!SandboxError.is(error, "timeout")) throw error;
  console.log(error.message, error.result?.stdout.trim()); // exec took longer than 500 ms. begun
}
// #endregion

// #region abort
const controller = new AbortController();
const running = sandbox.exec("sleep 1000", { signal: controller.signal });
controller.abort("the user pressed Stop");
const stopped: unknown = await running.catch((error: unknown) => error);
console.log(SandboxError.is(stopped, "aborted") && stopped.cause); // the user pressed Stop
// #endregion

const { stdout } = await sandbox.exec("cat /proc/[0-9]*/cmdline | grep -c '[s]leep.1000'");
console.log(`${stdout.trim()} left`);
