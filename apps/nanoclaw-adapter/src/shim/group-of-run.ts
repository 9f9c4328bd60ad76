import { dirname } from "node:path";
import { isValidFolder } from "../group-folder.js";
import type { Installation } from "../installation.js";
import type { Bind } from "../mounts/mount-plan.js";
import { isReachedWithoutLink } from "../mounts/within.js";
import { printable } from "./flags.js";
import { Refusal } from "./refusal.js";

/** NanoClaw's first and second line lay things out differently. */
export type Line = "v1" | "v2";

export interface GroupOfRun {
  readonly folder: string;
  readonly line: Line;
}

/** Where the group's own directory is in the guest. */
const groupTargets: Readonly<Record<Line, string>> = { v1: "/workspace/group", v2: "/workspace/agent" };

/**
 * Whose run it is. The name cannot tell, as NanoClaw replaces characters in it: the mount of the group's directory is
 * the truth, which lies directly below `groups/` of this installation and is what it seems to be. The name and the
 * label have to agree.
 *
 * @throws Refusal
 */
export async function groupOfRun(
  name: string,
  binds: readonly Bind[],
  labels: Readonly<Record<string, string>>,
  { groupsDirectory, root, slug }: Installation,
): Promise<GroupOfRun> {
  const found = (["v1", "v2"] as const).flatMap((line) =>
    binds.filter(({ target }) => target === groupTargets[line]).map(({ source }) => ({ line, source })),
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw new Refusal("docker run: the mounts do not tell which group this is.", {
      hint: "Exactly one goes to /workspace/group (NanoClaw 1) or /workspace/agent (NanoClaw 2).",
    });
  }
  const { line, source } = only;
  const folder = source.slice(groupsDirectory.length + 1);
  if (dirname(source) !== groupsDirectory || !isValidFolder(folder)) {
    throw new Refusal(
      `docker run: ${printable(source)} is no group's directory of the installation at ${root}.`,
      {
        hint: "Start NanoClaw in its own directory. A group's directory lies in groups/, and has a name of letters, digits, _ and -.",
      },
    );
  }
  await refuseLink(source, groupsDirectory);
  const expected = line === "v1" ? "nanoclaw-" : "nanoclaw-v2-";
  const mangled = folder.replace(/[^A-Za-z0-9-]/g, "-");
  const namesOfGroup = new RegExp(`^${expected}(${folder}|${mangled})-\\d+$`);
  if (!namesOfGroup.test(name)) {
    throw new Refusal(`docker run: the name ${printable(name)} is not one of the group ${folder}.`, {
      hint: `NanoClaw names it ${expected}${mangled}-, and the time in milliseconds.`,
    });
  }
  const label = labels["nanoclaw-install"];
  if (label !== undefined && label !== slug) {
    throw new Refusal(
      `docker run: the label says installation ${printable(label)}, and ${root} is ${slug}.`,
      {
        hint: "Start NanoClaw in its own directory.",
      },
    );
  }
  return { folder, line };
}

/** By a link, a group would bring another group's files with its own rules. */
async function refuseLink(source: string, groupsDirectory: string): Promise<void> {
  const isPlain = await isReachedWithoutLink(source, groupsDirectory);
  if (isPlain === undefined) {
    throw new Refusal(`docker run: ${printable(source)} is not there.`, {
      hint: "NanoClaw makes a group's directory when it is registered.",
    });
  }
  if (isPlain) return;
  throw new Refusal(`docker run: ${printable(source)} leads to another place.`, {
    hint: "A group's directory may not be a symbolic link.",
  });
}
