import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";

export interface AllowedRoot {
  readonly path: string;
  readonly allowReadWrite: boolean;
  readonly description?: string;
}

/** Which of the host's directories groups may ask for beside their own: NanoClaw's file, by its rules. */
export interface MountAllowList {
  readonly allowedRoots: readonly AllowedRoot[];
  readonly blockedPatterns: readonly string[];
  readonly nonMainReadOnly: boolean;
}

export function allowListPath({ configDirectory }: Installation): string {
  return join(configDirectory, "mount-allowlist.json");
}

/**
 * Read afresh each time. Undefined where there is no such file, and no mount is allowed then.
 *
 * @throws SandboxError `invalid_argument` for a file with a mistake: what it meant is unknown.
 */
export async function readAllowList(installation: Installation): Promise<MountAllowList | undefined> {
  const path = allowListPath(installation);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SandboxError("permission_denied", `${path} cannot be read.`, { cause: error });
  }
  return parseAllowList(text, path);
}

function parseAllowList(text: string, path: string): MountAllowList {
  const refuse = (what: string, hint: string): never => {
    throw new SandboxError("invalid_argument", `${path}: ${what}`, { hint });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse("it is no JSON.", "Correct it: until then no group gets an extra mount.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(
      "it must be an object.",
      'Write { "allowedRoots": [], "blockedPatterns": [], "nonMainReadOnly": true }.',
    );
  }
  const { allowedRoots, blockedPatterns, nonMainReadOnly } = value as Record<string, unknown>;
  if (typeof nonMainReadOnly !== "boolean") refuse("nonMainReadOnly is missing.", "Write true or false.");
  if (
    !Array.isArray(blockedPatterns) ||
    blockedPatterns.some((each) => typeof each !== "string" || each === "")
  ) {
    refuse("blockedPatterns must be a list of names.", 'Write [".ssh", "*.pem"], or [].');
  }
  if (!Array.isArray(allowedRoots))
    refuse("allowedRoots must be a list.", "Write [], or objects with a path.");
  for (const [index, root] of (allowedRoots as unknown[]).entries()) {
    const { path: rootPath, allowReadWrite, description } = (root ?? {}) as Record<string, unknown>;
    const good =
      typeof rootPath === "string" &&
      /^(\/|~(\/|$))/.test(rootPath) &&
      typeof allowReadWrite === "boolean" &&
      (description === undefined || typeof description === "string");
    if (!good) {
      refuse(
        `allowedRoots[${index}] is not right.`,
        'Write { "path": "~/projects", "allowReadWrite": false }: an absolute path, and true or false.',
      );
    }
  }
  return value as MountAllowList;
}
