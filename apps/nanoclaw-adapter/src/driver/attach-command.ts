import { fileURLToPath } from "node:url";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import type { Runtime } from "../runtime.js";
import { adapterOf } from "../runtime.js";
import type { SessionExecSpec } from "./contract.js";

/** The `sandbox` program, run by this Node.js: neither needs to be in the caller's PATH. */
const program = fileURLToPath(
  new URL("./dist/cli.js", import.meta.resolve("@nanoclaw/sandbox-cli/package.json")),
);

/** How a terminal gets into a sandbox: by `sandbox exec`, on the engine that the provider is for. */
export function attachCommand(
  runtime: Runtime,
  provider: SandboxProvider,
  id: string,
  command: readonly string[],
): SessionExecSpec {
  const options = provider.recovery?.options;
  const engine = ["--engine", adapterOf[runtime], ...Object.entries(options ?? {}).flatMap(engineOption)];
  const words = (streams: string): string[] => [program, "exec", ...engine, streams, id, "--", ...command];
  return { bin: process.execPath, argsTty: words("-it"), argsPlain: words("-i") };
}

function engineOption([name, value]: [string, unknown]): string[] {
  return value === undefined ? [] : ["--engine-option", `${name}=${JSON.stringify(value)}`];
}
