import { SandboxError } from "@nanoclaw/sandbox";
import { isValidFolder } from "./group-folder.js";

/** A chat group of NanoClaw, as far as its sandbox depends on it. */
export interface Group {
  /** Its directory under `groups/`, and its identity here. */
  readonly folder: string;
  /** The group that administers the installation. Default: false. */
  readonly isMain?: boolean;
  /**
   * `containerConfig` as NanoClaw's database has it, untouched. The main group's agent can write it (`nanoclaw.md
   * §1.11`), so that it may only raise isolation, like the group's own file.
   */
  readonly registered?: unknown;
}

/** @throws SandboxError `invalid_argument`. */
export function checkFolder(folder: unknown): asserts folder is string {
  if (isValidFolder(folder)) return;
  const shown = typeof folder === "string" ? JSON.stringify(folder.slice(0, 80)) : `a ${typeof folder}`;
  throw new SandboxError("invalid_argument", `This is no group folder: ${shown}.`, {
    hint: 'Letters, digits, "_" and "-", at most 64, beginning with a letter or digit, and not "global".',
  });
}
