import { Readable } from "node:stream";
import { type ArchiveTransfer, type CallContext, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Engine } from "./engine.js";

/**
 * Files by the engine's archive API. It sees the container's file system from outside, with its mounts and
 * without what the guest has in memory: that is refused, as it would be read and written in vain.
 */
export class DockerArchive implements ArchiveTransfer {
  readonly #id: string;
  readonly #engine: Engine;

  constructor(id: string, engine: Engine) {
    this.#id = id;
    this.#engine = engine;
  }

  async unpack(directory: string, tar: Readable, { signal }: CallContext): Promise<void> {
    refuseInMemory(directory);
    try {
      await this.#engine.putArchive(this.#id, directory, tar, signal);
    } finally {
      tar.destroy();
    }
  }

  async pack(path: string, { signal }: CallContext): Promise<Readable> {
    refuseInMemory(path);
    const stream = await this.#engine.getArchive(this.#id, path, signal);
    return Readable.from(this.#read(stream, signal), { objectMode: false });
  }

  async *#read(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const abort = () => stream.destroy(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    try {
      yield* stream;
    } catch (error) {
      throw signal.aborted ? signal.reason : this.#engine.failure(error);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

function refuseInMemory(path: string): void {
  if (!/^\/+(dev|proc|sys)(\/|$)/.test(path)) return;
  throw new SandboxError("unsupported", `The engine's archive API does not reach ${path}.`, {
    hint: "Copy it to a directory of the image's file system first.",
  });
}
