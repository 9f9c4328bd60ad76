import { createSandbox, SandboxError } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

// #region limits
await using sandbox = await createSandbox(engine, {
  network: "none",
  limits: { memoryMiB: 128, cpuCount: 0.5, pidCount: 64 },
});
const { outOfMemory, signal, exitCode } = await sandbox.exec(
  "exec awk 'BEGIN { while (1) s = s s \"more\" }'",
);
console.log(outOfMemory, signal ?? exitCode); // true SIGKILL
// #endregion

// #region stats
const { memoryBytes, memoryLimitBytes, cpuSeconds, pidCount } = await sandbox.stats();
// #endregion
console.log(memoryLimitBytes === 128 * 2 ** 20, [memoryBytes, cpuSeconds, pidCount].every(Number.isFinite));

// #region refused
try {
  await createSandbox(engine, { network: { allow: ["registry.example"] } });
} catch (error) {
  if (!SandboxError.is(error, "unsupported")) throw error;
  console.log(error.hint); // Use network: "none", or "open" with a firewall of yours.
}
// #endregion
