import { loadProvider } from "@nanoclaw/sandbox";
import type { SandboxProvider } from "@nanoclaw/sandbox/adapter";

type Options = Readonly<Record<string, unknown>>;

/** Those that come with this program. Others are looked for as any program does. */
const own: Readonly<Record<string, (options: Options) => Promise<SandboxProvider>>> = {
  docker: async (options) => (await import("@nanoclaw/sandbox-docker")).docker(options),
  local: async (options) => (await import("@nanoclaw/sandbox-local")).local(options),
};

export const ownEngines: readonly string[] = Object.keys(own);

export async function providerOf(engine: string, options: Options): Promise<SandboxProvider> {
  return (own[engine] ?? ((given) => loadProvider(engine, given)))(options);
}
