import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import type { ImageBuild, ImageWorkshop, StoredImage } from "@nanoclaw/sandbox-docker";
import { buildArguments, inspectedImage, pullArguments } from "./container-arguments.js";
import { startLeashed } from "./leashed-program.js";
import { query } from "./query.js";

export interface ContainerPlace {
  /** Default: `container`. */
  readonly program?: string;
  /** Default: Linux for this host's processor. */
  readonly platform?: string;
}

/** Images of Apple's `container`, by its command line. */
export class ContainerWorkshop implements ImageWorkshop {
  readonly #program: string;
  readonly #platform: string;
  readonly #signal: AbortSignal;

  constructor({ program = "container", platform }: ContainerPlace, signal: AbortSignal) {
    this.#program = program;
    this.#platform = platform ?? `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
    this.#signal = signal;
  }

  async find(image: string): Promise<StoredImage | undefined> {
    const words = ["image", "inspect", "--", image];
    const { exitCode, stdout, stderr } = await query(this.#program, words, { signal: this.#signal });
    if (exitCode === 0) return inspectedImage(stdout);
    if (/image not found/i.test(stderr)) return undefined;
    throw failure("image inspect", exitCode, stderr);
  }

  async pull(image: string, onLine: (line: string) => void): Promise<void> {
    onLine(`Pulling ${image}`);
    await this.#call(pullArguments(image, this.#platform), onLine);
  }

  async build(build: ImageBuild, onLine: (line: string) => void): Promise<void> {
    const context = await mkdtemp(join(tmpdir(), "nanoclaw-build-"));
    try {
      await writeFile(join(context, "Dockerfile"), build.dockerfile);
      await this.#call(buildArguments(build, context, this.#platform), onLine);
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  }

  async tag(image: string, name: string): Promise<void> {
    await this.#call(["image", "tag", "--", image, name]);
  }

  async untag(name: string): Promise<void> {
    if ((await this.find(name)) !== undefined) await this.#call(["image", "delete", "--", name]);
  }

  async #call(args: readonly string[], onLine?: (line: string) => void): Promise<void> {
    const { exitCode, output } = await startLeashed(this.#program, args, { signal: this.#signal, onLine })
      .ended;
    if (exitCode !== 0) throw failure(args.slice(0, args[0] === "image" ? 2 : 1).join(" "), exitCode, output);
  }
}

function failure(command: string, exitCode: number, output: string): SandboxError {
  const words = output.trim() || "it said nothing";
  return new SandboxError("adapter_fault", `container ${command} failed with ${exitCode}: ${words}`, {
    hint: "Does its service run? container system start",
  });
}
