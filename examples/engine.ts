import { loadProvider } from "@nanoclaw/sandbox";

/** The engine by configuration: `SANDBOX_ENGINE=docker`, or the package of any other adapter. */
export const engine = await loadProvider(
  process.env.SANDBOX_ENGINE ?? "local",
  JSON.parse(process.env.SANDBOX_ENGINE_OPTIONS ?? "{}"),
);
