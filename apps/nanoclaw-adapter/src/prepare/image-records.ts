import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import { type Owner, thisOwner } from "@nanoclaw/sandbox/adapter";
import { hasEnded } from "../capacity/holder.js";
import { ProcessLock } from "../capacity/lock.js";
import { inState, isCode } from "../capacity/state-failure.js";
import { isOwner } from "../capacity/ticket.js";
import type { Installation } from "../installation.js";
import type { Versions } from "./plan.js";
import type { ImageRuntime } from "./recipe.js";

/** A command that was run in a sandbox of the image, and told what it should. */
export interface VerifiedTool {
  readonly step: string;
  readonly version?: string;
  readonly command: readonly string[];
  /** The first line that it printed. */
  readonly output: string;
}

/** What a prepared image is, for those who look at it later. */
export interface Manifest {
  readonly format: 1;
  readonly engine: ImageRuntime;
  readonly image: string;
  /** Changes with the image: what has another identity is not what was verified. */
  readonly identity: string;
  readonly from: { readonly name: string; readonly digest?: string };
  /** Path of the recipe; absent for the one of the package. */
  readonly recipe?: string;
  /** Of recipe and versions. */
  readonly hash: string;
  /** Those that the recipe calls "latest". */
  readonly versions: Versions;
  readonly tools: readonly VerifiedTool[];
  /** ISO 8601. */
  readonly preparedAt: string;
}

/** How far an image has come that has not got its name yet. */
export interface Progress {
  readonly format: 1;
  readonly image: string;
  /** The name that it has meanwhile. */
  readonly working: string;
  readonly from: { readonly name: string; readonly digest?: string };
  readonly versions: Versions;
  /** `copying`: the working image may be half there. `verified`: what is left is its name. */
  readonly stage: "copying" | "installing" | "verified";
  /** Of recipe and versions. */
  readonly hash: string;
  /** Of the verified image: what has it is ours, whatever it is called when a crash came between. */
  readonly identity?: string;
  /** Hashes of the steps that have been done, in order. */
  readonly done: readonly string[];
  readonly tools?: readonly VerifiedTool[];
}

/** Base images belong to the machine and not to one checkout of NanoClaw. */
function directoryOf({ stateDirectory }: Installation): string {
  return join(dirname(stateDirectory), "base-images");
}

/** What is on disk of one image by its engine and name, beside the image itself. */
export class ImageRecords {
  readonly manifestPath: string;
  readonly #progressPath: string;
  readonly #ownerPath: string;
  readonly #directory: string;

  /** @param place Where several engines of a kind are told apart, such as Tart's directory. */
  constructor(installation: Installation, engine: ImageRuntime, image: string, place = "") {
    const digest = createHash("sha256")
      .update(JSON.stringify([engine, place, image]))
      .digest("hex");
    const readable = image.replace(/[^A-Za-z0-9._-]+/g, "_").slice(-60);
    const path = join(directoryOf(installation), `${engine}-${readable}-${digest.slice(0, 8)}`);
    this.#directory = directoryOf(installation);
    this.manifestPath = `${path}.manifest.json`;
    this.#progressPath = `${path}.progress.json`;
    this.#ownerPath = `${path}.owner.json`;
  }

  manifest(): Manifest | undefined {
    return read<Manifest>(this.manifestPath);
  }

  progress(): Progress | undefined {
    return read<Progress>(this.#progressPath);
  }

  writeManifest(manifest: Manifest): void {
    this.#write(this.manifestPath, manifest);
  }

  writeProgress(progress: Progress): void {
    this.#write(this.#progressPath, progress);
  }

  clearProgress(): void {
    rmSync(this.#progressPath, { force: true });
  }

  /**
   * Keeps other processes from preparing the same image until it is disposed of, or this process has ended.
   *
   * @throws SandboxError `already_exists` while another one does.
   */
  async hold(): Promise<Disposable> {
    const locks = join(this.#directory, "locks");
    inState(locks, () => mkdirSync(locks, { recursive: true, mode: 0o700 }));
    const own = await thisOwner();
    const before = read<{ format: 1; owner: unknown }>(this.#ownerPath)?.owner;
    if (isOwner(before) && !(await hasEnded(before))) throw inUse(before);
    await new ProcessLock(locks).alone(() => {
      const now = read<{ format: 1; owner: unknown }>(this.#ownerPath)?.owner;
      if (JSON.stringify(now) !== JSON.stringify(before)) throw inUse(now as Owner);
      this.#write(this.#ownerPath, { format: 1, owner: own });
    });
    return { [Symbol.dispose]: () => rmSync(this.#ownerPath, { force: true }) };
  }

  /** Whole, or as it was before. */
  #write(path: string, value: object): void {
    inState(this.#directory, () => {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
    });
  }
}

function read<T extends { readonly format: 1 }>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as T | null;
    if (value?.format === 1) return value;
  } catch {
    // Told below.
  }
  throw new SandboxError("invalid_argument", `${path} is no record of this version.`, {
    hint: "Look at it, and move it away: then nothing proves any more that its image was prepared here.",
  });
}

function inUse(owner: Owner | undefined): SandboxError {
  return new SandboxError(
    "already_exists",
    "This image is being prepared by another process at this moment.",
    {
      hint: owner ? `It has the id ${owner.pid} on ${owner.host}. Wait for it, or end it.` : "Try again.",
    },
  );
}
