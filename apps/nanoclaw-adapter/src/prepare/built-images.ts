import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { SandboxError } from "@nanoclaw/sandbox";
import type { ImageWorkshop } from "@nanoclaw/sandbox-docker";
import { LastLines } from "../driver/last-lines.js";
import { buildFailure, dockerfileOf, stepBegunBy } from "./dockerfile.js";
import type { FoundImage, ImageEngine, MakeOptions } from "./image-engine.js";
import type { Progress } from "./image-records.js";
import type { Plan } from "./plan.js";
import { stepFailure } from "./step-failure.js";

/** Labels of a prepared image. That it has them proves that it was built here; its name, that it was verified. */
export const labels = {
  recipe: "nanoclaw-base-recipe",
  from: "nanoclaw-base-from",
  tools: "nanoclaw-base-tools",
  created: "org.opencontainers.image.created",
} as const;

/** Base images by an engine that builds from a Dockerfile. Which steps were done it knows by its own cache. */
export class BuiltImages implements ImageEngine {
  readonly place = "";
  readonly #workshop: ImageWorkshop;
  readonly #tell: (line: string) => void;

  constructor(workshop: ImageWorkshop, tell: (line: string) => void) {
    this.#workshop = workshop;
    this.#tell = tell;
  }

  checkName(image: string): void {
    if (
      /^[a-z0-9][a-z0-9._/-]*(:[0-9]+\/[a-z0-9._/-]+)?(:\w[\w.-]{0,127})?$/.test(image) &&
      !image.includes("..")
    ) {
      return;
    }
    throw new SandboxError("invalid_argument", `This is no name for an image: ${JSON.stringify(image)}.`, {
      hint: "Write it like nanoclaw-base:1, in lower case.",
    });
  }

  async find(image: string): Promise<FoundImage | undefined> {
    const found = await this.#workshop.find(image);
    return found && { identity: found.id, saysPrepared: labels.recipe in found.labels, running: false };
  }

  async digestOf(from: string): Promise<string | undefined> {
    const found = await this.#workshop.find(from);
    return found && ([...found.digests].sort()[0] ?? found.id);
  }

  /** One that is in no registry can only be the one that is here. */
  async fetch(from: string, anew: boolean): Promise<void> {
    const found = await this.#workshop.find(from);
    if (found !== undefined && (!anew || found.digests.length === 0)) return;
    await this.#workshop.pull(from, this.#tell);
  }

  workingName(image: string): string {
    return `nanoclaw-sandbox-prepare:${createHash("sha256").update(image).digest("hex").slice(0, 12)}`;
  }

  async canGoOn({ stage, working }: Progress): Promise<boolean> {
    return stage !== "verified" || (await this.#workshop.find(working)) !== undefined;
  }

  async make({ plan, progress, remember }: MakeOptions): Promise<void> {
    const { steps } = plan;
    const names = steps.map(({ name }) => name);
    let last = new LastLines();
    let begun: string | undefined;
    const onLine = (text: string) => {
      const line = stripVTControlCharacters(text).trimEnd();
      const name = names.find((each) => each === stepBegunBy(line));
      if (name === undefined) {
        last.add(Buffer.from(`${line}\n`));
        this.#tell(`  | ${line}`);
      } else if (name !== begun) {
        begun = name;
        last = new LastLines();
        this.#tell(`Step ${names.indexOf(name) + 1} of ${steps.length}: ${name}`);
      }
    };
    try {
      const build = {
        dockerfile: dockerfileOf(plan),
        tag: progress.working,
        labels: labelsOf(plan, progress),
      };
      await this.#workshop.build(build, onLine);
    } catch (error) {
      // Before the first step the engine itself is at fault, and says so.
      if (!SandboxError.is(error, "adapter_fault") || begun === undefined) throw error;
      throw stepFailure(begun, buildFailure(error.message), last.told([]).join("\n"));
    }
    remember({ ...progress, stage: "installing", done: steps.map(({ hash }) => hash) });
  }

  async publish(working: string, image: string): Promise<void> {
    await this.#workshop.tag(working, image);
    await this.#workshop.untag(working);
  }

  async discard(working: string): Promise<void> {
    await this.#workshop.untag(working);
  }
}

function labelsOf({ hash, steps }: Plan, { from }: Progress): Record<string, string> {
  const versions = steps.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version]]));
  return {
    [labels.recipe]: hash,
    [labels.from]: from.digest === undefined ? from.name : `${from.name} ${from.digest}`,
    [labels.tools]: JSON.stringify(Object.fromEntries(versions)),
    [labels.created]: new Date().toISOString(),
  };
}
