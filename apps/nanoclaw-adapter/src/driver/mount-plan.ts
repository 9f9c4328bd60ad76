import { stat } from "node:fs/promises";
import type { Capabilities, MountOption } from "@nanoclaw/sandbox";
import type { MountSpec } from "./contract.js";
import { isIn } from "./mount-policy.js";
import { specInvalid } from "./session-failure.js";

/** Where shares are in a guest whose engine does not put one into another, until they are bound to their places. */
const shares = "/mnt/nanoclaw";

/** A share that the guest itself puts into its place. */
export interface GuestBind {
  /** In the guest. */
  readonly from: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A file that the guest gets as a copy, as its engine shares directories alone. */
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

interface Found extends MountSpec {
  readonly isFile: boolean;
}

/**
 * How a session's mounts come about on an engine. One that cannot nest mounts gets the inner ones beside the others, and
 * the guest binds them; one that cannot share a file gives a copy of it, which is as good for files that are read-only
 * and written anew before each session (`nanoclaw.md §2.6`).
 *
 * @throws `spec-invalid` for a source that is not there, and for what cannot come about on this engine.
 */
export async function planMounts(
  specs: readonly MountSpec[],
  { mounts: can }: Capabilities,
): Promise<MountPlan> {
  const outerFirst = specs.toSorted((one, other) => depth(one.containerPath) - depth(other.containerPath));
  const found = await Promise.all(outerFirst.map(look));
  const mounts: MountOption[] = [];
  const inGuest: (GuestBind | GuestCopy)[] = [];
  const aside = new Map<string, string>();
  const sharing = (source: string) => found.filter(({ hostPath }) => hostPath === source);
  for (const [index, { hostPath: source, containerPath: target, mode, isFile }] of found.entries()) {
    const readOnly = mode === "ro";
    const isNested = found.some(
      (other) => other.containerPath !== target && isIn(target, other.containerPath),
    );
    const from = `${shares}/${index}`;
    if (isFile && !can.files) {
      if (!readOnly) throw specInvalid(`the file ${source} cannot be shared for writing here`);
      inGuest.push({ source, from, target, readOnly });
    } else if (!can.nested && (isNested || sharing(source).some((other) => other.mode !== mode))) {
      // Some engines take a source with one mode only: it is shared with the wider one, which the guest narrows.
      const shared = aside.get(source) ?? from;
      if (shared === from) {
        aside.set(source, from);
        mounts.push({
          source,
          target: from,
          readOnly: sharing(source).every((other) => other.mode === "ro"),
        });
      }
      inGuest.push({ from: shared, target, readOnly });
    } else {
      mounts.push({ source, target, readOnly });
    }
  }
  return { mounts, inGuest };
}

async function look(spec: MountSpec): Promise<Found> {
  const found = await stat(spec.hostPath).catch(() => undefined);
  if (found === undefined) throw specInvalid(`the mount ${spec.hostPath} is not there`);
  if (!found.isFile() && !found.isDirectory()) {
    throw specInvalid(`the mount ${spec.hostPath} is neither a file nor a directory`);
  }
  return { ...spec, isFile: found.isFile() };
}

function depth(path: string): number {
  return path.split("/").length;
}
