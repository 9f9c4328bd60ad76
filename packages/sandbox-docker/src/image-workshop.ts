import { addAbortSignal, Readable } from "node:stream";
import { SandboxError, type SandboxProvider } from "@nanoclaw/sandbox/adapter";
import type { CreationTools } from "./creation.js";
import { parseImage } from "./image.js";
import { refuseImage, toolsOf } from "./image-defaults.js";
import { jsonLines } from "./json-lines.js";
import { pullImage } from "./pull.js";

/** An image that the engine has. */
export interface StoredImage {
  /** Digest of its settings, which name its layers. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As registries know it: `name@sha256:…`. Empty for one that was made here. */
  readonly digests: readonly string[];
}

export interface ImageBuild {
  /** All that the build gets: there is no context to copy files from. */
  readonly dockerfile: string;
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Makes images on the engine of a provider. */
export interface ImageWorkshop {
  /** Undefined when the engine has none of this name. */
  find(image: string): Promise<StoredImage | undefined>;
  /** @throws SandboxError `image_not_found`. */
  pull(image: string, onLine: (line: string) => void): Promise<void>;
  /**
   * Builds an image. What the engine has built before of the same instructions it takes from there.
   *
   * @throws SandboxError `adapter_fault` with the engine's own words when an instruction fails.
   */
  build(build: ImageBuild, onLine: (line: string) => void): Promise<void>;
  tag(image: string, name: string): Promise<void>;
  /** Takes the name away, and the image with its last one. None of the name is fine. */
  untag(name: string): Promise<void>;
}

/**
 * The images of a provider's engine, for programs that prepare some. Every call ends with the signal.
 *
 * @param provider One that `docker()` made.
 * @throws SandboxError `engine_unavailable`, `invalid_argument`.
 */
export async function imageWorkshop(provider: SandboxProvider, signal: AbortSignal): Promise<ImageWorkshop> {
  return new Workshop(await toolsOf(provider, "imageWorkshop()", signal), signal);
}

class Workshop implements ImageWorkshop {
  readonly #tools: CreationTools;
  readonly #signal: AbortSignal;

  constructor(tools: CreationTools, signal: AbortSignal) {
    this.#tools = tools;
    this.#signal = signal;
  }

  async find(image: string): Promise<StoredImage | undefined> {
    refuseImage(image);
    try {
      const { Id, Config, RepoDigests } = await this.#tools.engine.inspectImage(image, this.#signal);
      return { id: Id, labels: Config.Labels ?? {}, digests: RepoDigests ?? [] };
    } catch (error) {
      if (SandboxError.is(error, "image_not_found")) return undefined;
      throw error;
    }
  }

  async pull(image: string, onLine: (line: string) => void): Promise<void> {
    refuseImage(image);
    const { engine, settings, surroundings } = this.#tools;
    const { platform, auth } = settings;
    await pullImage(
      engine,
      image,
      { platform, auth, surroundings },
      {
        signal: this.#signal,
        emit: (event) => {
          if (event.type === "progress") onLine(event.message);
        },
      },
    );
  }

  async build({ dockerfile, tag, labels }: ImageBuild, onLine: (line: string) => void): Promise<void> {
    refuseImage(tag);
    const { engine, settings } = this.#tools;
    const { pack } = await import("tar-stream");
    const context = pack();
    context.entry({ name: "Dockerfile" }, dockerfile);
    context.finalize();
    const image = { t: tag, labels: JSON.stringify(labels), platform: settings.platform };
    await this.#follow(await engine.buildImage(Readable.from(context), image, this.#signal), onLine);
  }

  /** The engine answers before it works; how that ends is the last of what it tells. */
  async #follow(stream: Readable, onLine: (line: string) => void): Promise<void> {
    try {
      let rest = "";
      for await (const told of jsonLines<BuildLine>(addAbortSignal(this.#signal, stream))) {
        if (told.error !== undefined) {
          throw new SandboxError("adapter_fault", `The engine did not build: ${told.error.trim()}`);
        }
        const pieces = (rest + (told.stream ?? "")).split("\n");
        rest = pieces.pop() ?? "";
        for (const line of pieces) onLine(line);
      }
      if (rest !== "") onLine(rest);
    } catch (error) {
      this.#signal.throwIfAborted();
      throw SandboxError.is(error) ? error : this.#tools.engine.failure(error);
    }
  }

  async tag(image: string, name: string): Promise<void> {
    refuseImage(image);
    refuseImage(name);
    const { repository, tag } = parseImage(name);
    await this.#tools.engine.tagImage(image, repository, tag, this.#signal);
  }

  async untag(name: string): Promise<void> {
    refuseImage(name);
    try {
      await this.#tools.engine.removeImage(name, this.#signal);
    } catch (error) {
      if (!SandboxError.is(error, "image_not_found")) throw error;
    }
  }
}

interface BuildLine {
  readonly stream?: string;
  readonly error?: string;
}
