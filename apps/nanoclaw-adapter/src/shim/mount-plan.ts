import { stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type Capabilities, type MountOption, SandboxError } from "@nanoclaw/sandbox";
import type { Concession } from "../policy/decision.js";
import { type Bind, isInside } from "./volume.js";

/** Something that the guest's own kernel binds into place, as the engine cannot. */
export interface GuestBind {
  /** A path of the guest that is there already. */
  readonly from: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface MountPlan {
  /** For the engine. */
  readonly mounts: readonly MountOption[];
  /** In the guest, in order. */
  readonly guestBinds: readonly GuestBind[];
  /** Files of the host to be written into the guest, as nothing that is shared has them. */
  readonly copies: readonly { readonly source: string; readonly target: string }[];
}

export interface MountRules {
  readonly engine: string;
  readonly capabilities: Capabilities;
  readonly concessions: readonly Concession[];
  /** An empty file that stands for `/dev/null`. */
  readonly emptyFile: string;
}

/** Where shares are that the guest binds into place. */
const staging = "/run/nanoclaw-mounts";

/**
 * How an engine gives the mounts that NanoClaw asks for: all of them by itself, or directories by itself and what
 * lies inside them by the guest. The latter is weaker, as root in the guest can take it away, so policy must allow it.
 *
 * @throws SandboxError `unsupported` with what to change. Nothing is ever left out.
 */
export async function planMounts(binds: readonly Bind[], rules: MountRules): Promise<MountPlan> {
  const { files, nested } = rules.capabilities.mounts;
  if (files && nested) {
    // NanoClaw hides a file by mounting the null device over it; what hides it is that nothing can be read.
    const mounts = binds.map((bind) =>
      isNull(bind) ? { ...bind, source: rules.emptyFile, readOnly: true } : bind,
    );
    return { mounts, guestBinds: [], copies: [] };
  }
  const hiding = binds.find(isNull);
  if (hiding !== undefined) {
    throw refusal(
      rules,
      `cannot hide ${hiding.target} so that nobody in the guest gets it back`,
      "Move .env out of the project's directory, or give this group the runtime docker or local.",
    );
  }
  const directories: Bind[] = [];
  const single: Bind[] = [];
  for (const bind of binds) ((await isDirectory(bind)) ? directories : single).push(bind);
  const outer = directories.filter(
    ({ target }) => !directories.some((other) => isInside(target, other.target)),
  );
  const inner = directories
    .filter((bind) => !outer.includes(bind))
    .sort((a, b) => a.target.length - b.target.length);
  const guestBinds: GuestBind[] = [];
  const copies: { source: string; target: string }[] = [];
  const staged = inner.map((bind, index) => ({ ...bind, target: `${staging}/${index}` }));
  for (const [index, { target, readOnly }] of inner.entries()) {
    guestBinds.push({ from: `${staging}/${index}`, target, readOnly });
  }
  for (const { source, target, readOnly } of single) {
    // The outer ones' targets and the staging places stay what they are; inner targets are binds of the latter.
    const shared = [...outer, ...staged].find((bind) => isInside(source, bind.source));
    if (shared)
      guestBinds.push({ from: join(shared.target, relative(shared.source, source)), target, readOnly });
    else if (readOnly) copies.push({ source, target });
    else throw refusal(rules, `cannot share the single file ${source}`, "Mount its directory.");
  }
  if (guestBinds.length > 0) require(rules, "guest-mounts", "mount inside another mount");
  if (copies.length > 0) require(rules, "copied-files", "share a single file");
  return { mounts: [...outer, ...staged], guestBinds, copies };
}

function require(rules: MountRules, concession: Concession, ability: string): void {
  if (rules.concessions.includes(concession)) return;
  throw refusal(
    rules,
    `cannot ${ability}`,
    `Give the group the runtime docker or local, or let it pass in the policy: "concessions": ["${concession}"] (docs/nanoclaw/shim.md).`,
  );
}

function refusal({ engine }: MountRules, inability: string, hint: string): SandboxError {
  return new SandboxError("unsupported", `${engine} ${inability}.`, { hint });
}

const isNull = ({ source }: Bind): boolean => source === "/dev/null";

async function isDirectory({ source }: Bind): Promise<boolean> {
  const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    throw new SandboxError(
      "invalid_argument",
      `The mount source ${JSON.stringify(source)} cannot be used: ${cause.code}.`,
      {
        cause,
        hint: `Make it first. Its directory is ${JSON.stringify(dirname(source))}.`,
      },
    );
  });
  return found.isDirectory();
}
