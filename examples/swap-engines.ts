import { createSandbox, loadProvider, probeEngine, SandboxError } from "@nanoclaw/sandbox";

// #region load
const configuration = { engine: process.env.SANDBOX_ENGINE ?? "local" }; // from a file of yours
const engine = await loadProvider(configuration.engine); // @nanoclaw/sandbox-local; full package names work too
const { available, version, problems } = await probeEngine(engine);
if (!available) console.error(problems.map(({ message, hint }) => `${message} ${hint}`).join("\n"));
// #endregion
console.log(engine.name, available, version !== undefined);

// #region capabilities
const { isolation, limits, network } = engine.capabilities; // plain data, frozen
const options = limits.memoryMiB ? { limits: { memoryMiB: 512 } } : {};
// #endregion
console.log(isolation, Object.keys(options).length <= 1, network.none);

// #region requires
await createSandbox(engine, { requires: { isolation: "vm" } }).catch((error: unknown) => {
  if (!SandboxError.is(error, "unsupported")) throw error;
  console.log(error.message); // docker isolates by "container", and "vm" is required.
});
// #endregion
