import { createSandbox, SandboxError } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

const script = "sleep 1000 & while :; do :; done"; // whatever somebody or something wrote

await using sandbox = await createSandbox(engine, {
  network: "none",
  limits: { memoryMiB: 256, cpuCount: 1, pidCount: 64 },
});
try {
  const { exitCode } = await sandbox.exec(script, { timeoutMs: 1_000, maxOutputBytes: 64 * 1024 });
  console.log(`it ended by itself with ${exitCode}`);
} catch (error) {
  if (!SandboxError.is(error, "timeout")) throw error;
  console.log("it took too long, and all of it is gone");
}
