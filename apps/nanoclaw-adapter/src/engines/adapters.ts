import { loadProvider, type SandboxProvider } from "@nanoclaw/sandbox";
import { adapterOf, type Runtime } from "../runtime.js";

type Factory = (options: Readonly<Record<string, unknown>>) => SandboxProvider;

/** Those that come with this package, without a search. */
const bundled: Readonly<Partial<Record<Runtime, () => Promise<Factory>>>> = {
  docker: async () => (await import("@nanoclaw/sandbox-docker")).docker,
  local: async () => (await import("@nanoclaw/sandbox-local")).local,
};

/**
 * Makes the adapter of a runtime. The others are looked for beside this package and nowhere else: what lies in the
 * working directory an agent may have written.
 *
 * @throws SandboxError `adapter_missing` with the command that installs it; `invalid_argument`.
 */
export async function loadAdapter(
  runtime: Runtime,
  options: Readonly<Record<string, unknown>>,
): Promise<SandboxProvider> {
  const factory = await bundled[runtime]?.();
  return factory
    ? factory(options)
    : await loadProvider(adapterOf[runtime], options, { from: import.meta.url });
}
