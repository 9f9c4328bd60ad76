import { createRequire } from "node:module";
import { basename, extname, isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadProvider, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";

type Factory = (options?: unknown) => SandboxProvider;

/** The adapters that come with this program, without a search. */
const bundled: Readonly<Record<string, () => Promise<Factory>>> = {
  docker: async () => (await import("@nanoclaw/sandbox-docker")).docker as Factory,
  local: async () => (await import("@nanoclaw/sandbox-local")).local as Factory,
};

/**
 * Makes the provider of an engine: `docker`, a full package name, or the path of an adapter.
 *
 * Names are looked for beside this program and nowhere else. The working directory is often the very project that a
 * sandbox may write to, and what lies in its `node_modules` would run on the host.
 *
 * @throws SandboxError `adapter_missing` with the command that installs it.
 */
export async function loadEngine(engine: string, options?: unknown): Promise<SandboxProvider> {
  if (isPath(engine)) return loadFrom(resolve(engine), options);
  const factory = Object.hasOwn(bundled, engine) ? await bundled[engine]?.() : undefined;
  if (factory) return factory(options);
  try {
    return await loadProvider(engine, options, { from: import.meta.url });
  } catch (error) {
    if (!SandboxError.is(error, "adapter_missing")) throw error;
    const hint = `Run: ${installCommand(packageName(engine))}`;
    throw new SandboxError(error.code, error.message, { cause: error.cause, hint });
  }
}

/** What is installed for an engine of this name, by the convention of `loadProvider`. */
export function packageName(engine: string): string {
  return /^[a-z][a-z0-9-]*$/.test(engine) && !engine.startsWith("sandbox-")
    ? `@nanoclaw/sandbox-${engine}`
    : engine;
}

/** Puts a package where this program looks: beside itself. */
export function installCommand(packageName: string, self = import.meta.url): string {
  if (self.includes("/_npx/")) return `npx --package @nanoclaw/sandbox-cli --package ${packageName} sandbox`;
  const inProject = self.startsWith(`${pathToFileURL(process.cwd()).href}/`);
  return `npm install ${inProject ? "" : "--global "}${packageName}`;
}

function isPath(engine: string): boolean {
  return isAbsolute(engine) || /^\.\.?([/\\]|$)/.test(engine);
}

/** A file, or a directory with a `package.json`. */
async function loadFrom(path: string, options: unknown): Promise<SandboxProvider> {
  let module: Record<string, unknown>;
  try {
    const file = createRequire(import.meta.url).resolve(path);
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new SandboxError("adapter_fault", `${path} could not be loaded.`, {
      cause,
      hint: "Name a JavaScript file, or a directory with a package.json, that exports the adapter.",
    });
  }
  const name = basename(path, extname(path))
    .replace(/^sandbox-/, "")
    .replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  // What a CommonJS module exports is an ES module's default export, its own default in it.
  const common = typeof module.default === "object" ? (module.default as Record<string, unknown>) : {};
  const factory = module[name] ?? common[name] ?? common.default ?? module.default;
  if (typeof factory !== "function") {
    throw new SandboxError("adapter_fault", `${path} has no default export, and no export "${name}".`, {
      hint: "Export the function that makes the provider.",
    });
  }
  return factory(options) as SandboxProvider;
}
