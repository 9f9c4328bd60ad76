import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SandboxError } from "./contract/error.js";
import type { SandboxProvider } from "./contract/provider.js";
import { checkText, refuse, show } from "./internal/check.js";

export interface LoadProviderOptions {
  /** A directory or file from which the package is looked for, and nowhere else. */
  from?: string | URL;
}

/**
 * Imports an adapter by configuration: `docker` is `@nanoclaw/sandbox-docker`, any other package name is taken
 * as it is. It is looked for beside this package, then from the program that runs. Never from the working
 * directory: that may be a project which a sandbox can write to.
 *
 * The adapter's factory is its default export, or the export named like the engine: `docker`, `appleContainer`.
 *
 * @throws SandboxError `adapter_missing` with the command that installs it.
 */
export async function loadProvider(
  name: string,
  options?: unknown,
  { from }: LoadProviderOptions = {},
): Promise<SandboxProvider> {
  checkText("name", name);
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    refuse(
      `The adapter's name is ${show(name)}.`,
      'Write "docker", or a package such as "@you/sandbox-engine".',
    );
  }
  const byConvention = /^[a-z][a-z0-9-]*$/.test(name) && !name.startsWith("sandbox-");
  const specifier = byConvention ? `@nanoclaw/sandbox-${name}` : name;
  const module = await importAdapter(specifier, from);
  const engine = specifier.replace(/^@[^/]+\//, "").replace(/^sandbox-/, "");
  const factoryName = engine.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const factory = module[factoryName] ?? module.default;
  if (typeof factory !== "function") {
    throw new SandboxError("adapter_fault", `${specifier} exports no function ${factoryName}.`, {
      hint: "Is it an adapter for this version of @nanoclaw/sandbox?",
    });
  }
  return factory(options) as SandboxProvider;
}

async function importAdapter(specifier: string, from?: string | URL): Promise<Record<string, unknown>> {
  const program = process.argv[1];
  const places = from ? [from] : [undefined, program && isAbsolute(program) ? program : undefined];
  let missing: unknown;
  for (const [index, place] of places.entries()) {
    if (index > 0 && place === undefined) continue;
    try {
      const found = place === undefined ? specifier : await resolveFrom(place, specifier);
      return (await import(found)) as Record<string, unknown>;
    } catch (error) {
      if (!isMissing(error, specifier)) {
        throw new SandboxError("adapter_fault", `${specifier} could not be loaded: ${reasonOf(error)}`, {
          cause: error,
        });
      }
      missing = error;
    }
  }
  throw new SandboxError("adapter_missing", `The adapter ${specifier} is not installed.`, {
    cause: missing,
    hint: `Run: npm install ${specifier}`,
  });
}

// As `import` does there. What `require` finds is another copy, and Node 20 fails to load its ES modules now and then.
async function resolveFrom(place: string | URL, specifier: string): Promise<string> {
  const { resolve } = await import("import-meta-resolve");
  const path = place.toString().startsWith("file:") ? fileURLToPath(place) : place.toString();
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return resolve(specifier, pathToFileURL(isDirectory ? join(path, "any.js") : path).href);
}

/** Missing itself, and not one of the packages that it needs. */
function isMissing(error: unknown, specifier: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  const notFound = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  return notFound && message.includes(`'${specifier}'`);
}

/** What was thrown, in one line: whoever prints an error prints no causes. */
function reasonOf(error: unknown): string {
  const [reason] = String(error instanceof Error ? error.message : error).split("\n");
  return reason || "for a reason that it does not tell.";
}
