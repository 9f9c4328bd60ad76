import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Installation } from "../installation.js";
import { isRuntime, type Runtime } from "../runtime.js";

/**
 * Which runtimes an installation has been given by detection. An engine that is down for a moment must not lower a
 * group's wall, so what was found once counts from then on. One file for each, so that two processes that find
 * something at the same time both are heard.
 */
export class DetectionMemory {
  readonly directory: string;

  constructor({ stateDirectory }: Installation) {
    this.directory = join(stateDirectory, "detected");
  }

  async runtimes(): Promise<Runtime[]> {
    try {
      return (await readdir(this.directory)).filter(isRuntime);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  async add(runtime: Runtime): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const text = `First found at ${new Date().toISOString()}. Remove this file to let it be forgotten.\n`;
    await writeFile(join(this.directory, runtime), text, { flag: "wx" }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      },
    );
  }
}
