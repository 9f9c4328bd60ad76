import { SandboxError, type SandboxProvider } from "@nanoclaw/sandbox/adapter";
import type { CreationTools } from "./creation.js";
import type { DockerProvider } from "./provider.js";

/** What an image says of the containers that are made of it. */
export interface ImageDefaults {
  readonly id: string;
  /** Empty where the image names none. */
  readonly entrypoint: readonly string[];
  /** Follows the entry point where nothing else does. */
  readonly command: readonly string[];
  readonly workdir: string | undefined;
  readonly user: string | undefined;
}

/**
 * What an image of the engine says of its containers, for programs that start what Docker would have started.
 *
 * @param provider One that `docker()` made.
 * @param options `timeoutMs`: default 30 000.
 * @throws SandboxError `image_not_found`, `engine_unavailable`, `invalid_argument`, `timeout`, `aborted`.
 */
export async function imageDefaults(
  provider: SandboxProvider,
  image: string,
  options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<ImageDefaults> {
  refuseImage(image);
  const { signal, timeoutMs = 30_000 } = options;
  const own = new AbortController();
  const abort = () => own.abort(new SandboxError("aborted", "The question for the image was aborted."));
  const late = () =>
    own.abort(new SandboxError("timeout", `The engine has not answered for ${timeoutMs} ms.`));
  const timer = setTimeout(late, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const { engine } = await toolsOf(provider, "imageDefaults()", own.signal);
    const { Id, Config } = await engine.inspectImage(image, own.signal);
    return {
      id: Id,
      entrypoint: Config.Entrypoint ?? [],
      command: Config.Cmd ?? [],
      workdir: Config.WorkingDir || undefined,
      user: Config.User || undefined,
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Throws for what is no image's name: a path of the engine's interface is made of it. */
export function refuseImage(image: string): void {
  if (/^\w[\w./:@-]*$/.test(image) && !image.includes("..")) return;
  throw new SandboxError("invalid_argument", `This is no image: ${JSON.stringify(image)}.`, {
    hint: 'Write it like "node:22-slim".',
  });
}

/** The way to the engine of a provider that `docker()` made. */
export async function toolsOf(
  provider: SandboxProvider,
  caller: string,
  signal: AbortSignal,
): Promise<CreationTools> {
  if (isDocker(provider)) return await provider.connect(signal);
  throw new SandboxError("invalid_argument", `${caller} takes a provider that docker() made.`);
}

/** By what it can do: a program may have this package twice, as a module and as CommonJS. */
function isDocker(provider: SandboxProvider): provider is DockerProvider {
  return provider.name === "docker" && "connect" in provider;
}
