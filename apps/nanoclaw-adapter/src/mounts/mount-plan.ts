import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Capabilities, type MountOption, SandboxError } from "@nanoclaw/sandbox";
import { isWithin } from "./within.js";

/** Where shares are in a guest whose engine does not put one into another, until they are bound to their places. */
export const shares = "/mnt/nanoclaw";

/** A directory or file of the host at a path of the guest. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What is in the guest already, and the guest itself puts into its place. */
export interface GuestBind {
  /** In the guest. */
  readonly from: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A file that the guest gets as a copy, as its engine shares directories alone. Bound, unless it is written in place. */
export interface GuestCopy extends GuestBind {
  /** On the host. */
  readonly source: string;
}

export interface MountPlan {
  /** For the engine, outer ones first. */
  readonly mounts: readonly MountOption[];
  /** For the guest, in this order, outer ones first. */
  readonly inGuest: readonly (GuestBind | GuestCopy)[];
}

export interface MountRules {
  readonly capabilities: Pick<Capabilities, "mounts">;
  /**
   * Files where directories alone can be shared. `copy`: each read-only one is copied, which is as good for those that
   * are written anew before each session (`nanoclaw.md §2.6`). `bind`: from the shared directory that holds it, and
   * copied where none does; in place where nothing is mounted around it, which takes no right to mount.
   */
  readonly files: "copy" | "bind";
}

interface Found extends Bind {
  readonly isFile: boolean;
  /** Where it is shared, unless that is its target. */
  readonly aside: string;
  readonly isNested: boolean;
}

/**
 * How mounts come about on an engine. One that cannot nest mounts gets the inner ones beside the others, and the guest
 * binds them. Nothing is left out.
 *
 * @throws SandboxError `invalid_argument` for a source that is not there, `unsupported` for what cannot come about.
 */
export async function planMounts(
  binds: readonly Bind[],
  { capabilities: { mounts: can }, files }: MountRules,
): Promise<MountPlan> {
  const outerFirst = binds.toSorted((one, other) => depth(one.target) - depth(other.target));
  const found = await Promise.all(outerFirst.map((bind, index) => look(bind, index, binds)));
  const mounts: MountOption[] = [];
  const inGuest: (GuestBind | GuestCopy)[] = [];
  /** What is shared, where the guest has it. */
  const shared: Bind[] = [];
  const share = (bind: Bind): void => {
    mounts.push(bind);
    shared.push(bind);
  };
  const isShared = ({ isFile }: Found): boolean => !isFile || can.files;
  for (const each of found.filter(isShared)) {
    const { source, target, readOnly, isNested, aside } = each;
    const ofSource = found.filter((other) => other.source === source);
    if (can.nested || (!isNested && ofSource.every((other) => other.readOnly === readOnly))) {
      share({ source, target, readOnly });
      continue;
    }
    // Some engines take a source with one mode only: it is shared with the wider one, which the guest narrows.
    const before = shared.find((other) => other.source === source && isWithin(other.target, shares));
    if (before === undefined)
      share({ source, target: aside, readOnly: ofSource.every((other) => other.readOnly) });
    inGuest.push({ from: before?.target ?? aside, target, readOnly });
  }
  for (const { source, target, readOnly, isNested, aside } of found.filter((each) => !isShared(each))) {
    const holder = shared.find((each) => isWithin(source, each.source) && (readOnly || !each.readOnly));
    if (files === "bind" && holder !== undefined)
      inGuest.push({ from: join(holder.target, relative(holder.source, source)), target, readOnly });
    else if (!readOnly) throw notForWriting(source);
    else inGuest.push({ source, from: files === "bind" && !isNested ? target : aside, target, readOnly });
  }
  return { mounts, inGuest };
}

async function look(bind: Bind, index: number, all: readonly Bind[]): Promise<Found> {
  const { source, target, readOnly } = bind;
  const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === "ENOENT" ? "is not there" : `cannot be used: ${cause.code}`;
    throw new SandboxError("invalid_argument", `The mount ${printable(source)} ${what}.`, {
      cause,
      hint: "Make it first, or correct the path.",
    });
  });
  if (!found.isFile() && !found.isDirectory()) {
    const message = `The mount ${printable(source)} is neither a file nor a directory.`;
    throw new SandboxError("invalid_argument", message, { hint: "A socket is a door; none is mounted." });
  }
  const isNested = all.some((other) => other.target !== target && isWithin(target, other.target));
  return { source, target, readOnly, isFile: found.isFile(), aside: `${shares}/${index}`, isNested };
}

function notForWriting(source: string): SandboxError {
  return new SandboxError(
    "unsupported",
    `The file ${printable(source)} cannot be shared for writing: this engine shares directories alone.`,
    { hint: "Mount its directory." },
  );
}

/** As it is, but for what would end or steer a line. */
function printable(path: string): string {
  return JSON.stringify(path).slice(1, -1);
}

function depth(path: string): number {
  return path.split("/").length;
}
