import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, isAbsolute, join, posix } from "node:path";
import { type MountOption, SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import { type AllowedRoot, allowListPath, type MountAllowList, readAllowList } from "./allow-list.js";
import { blockedBy, defaultBlocked } from "./blocked.js";
import { lookInside } from "./look-inside.js";
import { protectedPlaceIn } from "./protected.js";
import { isWithin } from "./within.js";

export interface ExtraMounts {
  readonly mounts: readonly MountOption[];
  /** A sentence for each mount that was refused, made read-only, or holds what should be known. */
  readonly notices: readonly string[];
}

export interface ExtraMountsOptions {
  readonly installation: Installation;
  readonly isMain: boolean;
  /** Directory of the guest: `/workspace/extra`. */
  readonly target: string;
  /** Default: the user's. */
  readonly home?: string;
}

/**
 * Of `containerConfig.additionalMounts`, a list of `{ hostPath, containerPath?, readonly? }`. Each by the allow-list. One that is refused does not stop the
 * others, nor the run: NanoClaw's own rule.
 */
export async function extraMounts(wanted: unknown, options: ExtraMountsOptions): Promise<ExtraMounts> {
  if (wanted === undefined || wanted === null) return { mounts: [], notices: [] };
  if (!Array.isArray(wanted))
    return { mounts: [], notices: ["additionalMounts is no list, and was left out."] };
  if (wanted.length === 0) return { mounts: [], notices: [] };
  const mounts: MountOption[] = [];
  const notices: string[] = [];
  let list: MountAllowList | undefined;
  try {
    list = await readAllowList(options.installation);
  } catch (error) {
    if (!SandboxError.is(error)) throw error;
    return { mounts, notices: [`All extra mounts are refused: ${error.message} ${error.hint ?? ""}`.trim()] };
  }
  if (!list) {
    const path = allowListPath(options.installation);
    return { mounts, notices: [`All extra mounts are refused: there is no ${path}.`] };
  }
  for (const [index, each] of wanted.entries()) {
    try {
      const { mount, notices: told } = await extraMount(each, list, options);
      if (mounts.some(({ target }) => isWithin(target, mount.target) || isWithin(mount.target, target))) {
        throw refusal(`its containerPath is taken.`, "Give each mount a containerPath of its own.");
      }
      mounts.push(mount);
      notices.push(...told.map((words) => `additionalMounts[${index}]: ${words}`));
    } catch (error) {
      if (!SandboxError.is(error, "invalid_argument")) throw error;
      notices.push(`additionalMounts[${index}] is refused: ${error.message} ${error.hint ?? ""}`.trim());
    }
  }
  return { mounts, notices };
}

async function extraMount(
  wanted: unknown,
  list: MountAllowList,
  { installation, isMain, target, home = homedir() }: ExtraMountsOptions,
): Promise<{ mount: MountOption; notices: string[] }> {
  const { hostPath, containerPath, readonly = true } = (wanted ?? {}) as Record<string, unknown>;
  if (typeof hostPath !== "string" || hostPath === "" || /[\0\n\r]/.test(hostPath)) {
    throw refusal("hostPath is no path.", "Write an absolute path, or one that begins with ~/.");
  }
  if (typeof readonly !== "boolean") throw refusal("readonly is not true or false.", "Write one of the two.");
  const expanded = expandHome(hostPath, home);
  if (!isAbsolute(expanded)) {
    throw refusal(`${JSON.stringify(hostPath)} is not absolute.`, "Begin it with / or ~/.");
  }
  const below = checkContainerPath(containerPath ?? basename(expanded));
  const source = await realpath(expanded).catch((cause: NodeJS.ErrnoException) => {
    throw refusal(
      `${JSON.stringify(hostPath)} cannot be used: ${cause.code}.`,
      "Make it, or correct the path.",
    );
  });
  const kind = await stat(source);
  if (!kind.isDirectory() && !kind.isFile()) {
    throw refusal(
      `${JSON.stringify(hostPath)} is neither a directory nor a file.`,
      "A socket is a door; none is mounted.",
    );
  }
  await checkProtected(source, installation, home);
  const patterns = [...defaultBlocked, ...list.blockedPatterns];
  const pattern = blockedBy(source, patterns) ?? blockedBy(expanded, patterns);
  if (pattern !== undefined) {
    throw refusal(
      `${JSON.stringify(source)} matches the blocked pattern "${pattern}".`,
      "It may hold credentials.",
    );
  }
  const root = await rootOf(source, list.allowedRoots, home);
  if (!root) {
    throw refusal(
      `${JSON.stringify(source)} is below no allowed root.`,
      `Add one to ${allowListPath(installation)}, if it should be.`,
    );
  }
  const notices: string[] = [];
  const place = await protectedPlaceIn(source, installation);
  const writable =
    readonly === false && place === undefined && root.allowReadWrite && (isMain || !list.nonMainReadOnly);
  if (readonly === false && !writable) {
    const rule = root.allowReadWrite ? "nonMainReadOnly" : `allowReadWrite of ${root.path}`;
    notices.push(`it is read-only, by ${place ? `what ${place} decides on` : rule}.`);
  }
  if (kind.isDirectory()) notices.push(...(await lookInside(source, patterns)));
  return { mount: { source, target: posix.join(target, below), readOnly: !writable }, notices };
}

/** What no list can allow: our own configuration and state, and what the host's user runs by name (#3129). */
async function checkProtected(source: string, installation: Installation, home: string): Promise<void> {
  const directories = [
    installation.configDirectory,
    installation.stateDirectory,
    join(home, ".local", "bin"),
  ];
  for (const directory of directories) {
    const real = await realpath(directory).catch(() => directory);
    if (!isWithin(source, real) && !isWithin(real, source)) continue;
    throw refusal(
      `${JSON.stringify(source)} ${isWithin(source, real) ? "is in" : "holds"} ${real}, which no sandbox sees.`,
      "Mount another directory.",
    );
  }
}

async function rootOf(
  source: string,
  roots: readonly AllowedRoot[],
  home: string,
): Promise<AllowedRoot | undefined> {
  for (const root of roots) {
    // A root that is not there allows nothing.
    const real = await realpath(expandHome(root.path, home)).catch(() => undefined);
    if (real !== undefined && isWithin(source, real)) return root;
  }
  return undefined;
}

function expandHome(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
}

function checkContainerPath(value: unknown): string {
  const good =
    typeof value === "string" &&
    value.trim() !== "" &&
    !value.startsWith("/") &&
    !/[\0\n\r]/.test(value) &&
    !value.split("/").includes("..");
  if (!good) {
    throw refusal("containerPath is not acceptable.", 'Write a relative path without "..", such as "docs".');
  }
  const clean = posix.normalize(value).replace(/\/$/, "");
  if (clean === ".") throw refusal("containerPath is empty.", 'Write a relative path, such as "docs".');
  return clean;
}

function refusal(message: string, hint: string): SandboxError {
  return new SandboxError("invalid_argument", message, { hint });
}
