import { createHash } from "node:crypto";
import { access, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import schema from "../../sandbox-policy.schema.json" with { type: "json" };
import type { Installation } from "../installation.js";

/**
 * Remembers which text of the policy the validator has accepted, across processes: to compile it takes a short-lived
 * program, such as the one named `docker`, longer than all else that it does.
 */
export class CheckedPolicies {
  readonly #directory: string;

  constructor({ stateDirectory }: Installation) {
    this.#directory = join(stateDirectory, "checked-policies");
  }

  async has(text: string): Promise<boolean> {
    return await access(join(this.#directory, fingerprint(text))).then(
      () => true,
      () => false,
    );
  }

  /** Where it cannot be written the text is checked again the next time, which is only slower. */
  async add(text: string): Promise<void> {
    const name = fingerprint(text);
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const others = (await readdir(this.#directory)).filter((each) => each !== name);
      await Promise.all(others.map((each) => rm(join(this.#directory, each), { force: true })));
      await writeFile(join(this.#directory, name), "");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}

/** Another version of the schema makes another name. */
function fingerprint(text: string): string {
  return createHash("sha256")
    .update(JSON.stringify([schema, text]))
    .digest("hex");
}
