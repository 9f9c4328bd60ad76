import { cp, lstat, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type MountOption, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import type { Group } from "../group.js";
import type { Installation } from "../installation.js";
import { extraMounts } from "../mounts/extra-mounts.js";
import { canHideFiles, emptyFile } from "../mounts/hidden-file.js";

export interface GroupMountsOptions {
  readonly installation: Installation;
  readonly group: Group;
  readonly provider: SandboxProvider;
  /** Directory of the guest that holds the group's own: `/workspace`. */
  readonly workspace: string;
  /** Where the agent's conversations are kept, if they are: below `data/sessions/<folder>`, and in the guest. */
  readonly state?: { readonly directory: string; readonly target: string };
  /** Also what only an agent-runner of NanoClaw's needs: its own source. */
  readonly agentRunner: boolean;
}

export interface GroupMounts {
  readonly mounts: readonly MountOption[];
  readonly notices: readonly string[];
}

/** What NanoClaw 1 mounts for a group (`nanoclaw.md §1.5`), for every engine. Makes the directories that are missing. */
export async function groupMounts(options: GroupMountsOptions): Promise<GroupMounts> {
  const { installation, group, workspace, state, provider } = options;
  const { root, groupsDirectory, dataDirectory } = installation;
  const { folder, isMain = false } = group;
  const notices: string[] = [];
  const groupDirectory = await ownDirectory(groupsDirectory, folder);
  const ipc = await ownDirectory(dataDirectory, "ipc", folder);
  for (const name of ["messages", "tasks", "input"]) await ownDirectory(ipc, name);
  const mounts: MountOption[] = [
    { source: groupDirectory, target: `${workspace}/group`, readOnly: false },
    { source: ipc, target: `${workspace}/ipc`, readOnly: false },
  ];
  const sessions = await ownDirectory(dataDirectory, "sessions", folder);
  if (state) {
    const source = await ownDirectory(sessions, state.directory);
    mounts.push({ source, target: state.target, readOnly: false });
  }
  const globalDirectory = join(groupsDirectory, "global");
  if (!isMain && (await isDirectory(globalDirectory))) {
    mounts.push({ source: globalDirectory, target: `${workspace}/global`, readOnly: true });
  }
  if (options.agentRunner) {
    const source = await agentRunnerSource(root, sessions);
    if (source) mounts.push({ source, target: "/app/src", readOnly: false });
  }
  if (isMain) {
    const project = await projectMounts(installation, workspace, provider);
    mounts.push(...project.mounts);
    notices.push(...project.notices);
  }
  const { additionalMounts } = (group.registered ?? {}) as { additionalMounts?: unknown };
  const extra = await extraMounts(additionalMounts, { installation, isMain, target: `${workspace}/extra` });
  mounts.push(...extra.mounts);
  return { mounts, notices: [...notices, ...extra.notices] };
}

/** The project, for the main group: read-only, and its `.env` hidden by an empty file. */
async function projectMounts(
  installation: Installation,
  workspace: string,
  { name, capabilities }: SandboxProvider,
): Promise<{ mounts: MountOption[]; notices: string[] }> {
  const { root } = installation;
  const project: MountOption = { source: root, target: `${workspace}/project`, readOnly: true };
  const hasSecrets = await lstat(join(root, ".env")).then(
    () => true,
    () => false,
  );
  if (!hasSecrets) return { mounts: [project], notices: [] };
  if (!canHideFiles(capabilities)) {
    const words = `The project is not mounted: ${name} cannot hide its .env, which holds secrets.`;
    return { mounts: [], notices: [words] };
  }
  const empty = await emptyFile(installation);
  return {
    mounts: [project, { source: empty, target: `${workspace}/project/.env`, readOnly: true }],
    notices: [],
  };
}

/** A copy for each group, made once, which its agent may change. It comes into being whole, or not at all. */
async function agentRunnerSource(root: string, sessions: string): Promise<string | undefined> {
  const original = join(root, "container", "agent-runner", "src");
  if (!(await isDirectory(original))) return undefined;
  const copy = join(sessions, "agent-runner-src");
  if ((await lstat(copy).catch(() => undefined)) === undefined) {
    const partial = await mkdtemp(`${copy}.partial-`);
    try {
      // With the original's permissions, which a directory of mkdtemp's has not.
      await cp(original, join(partial, "src"), { recursive: true });
      await rename(join(partial, "src"), copy);
    } catch (error) {
      // Another turn of the group was quicker.
      if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return await ownDirectory(sessions, "agent-runner-src");
}

/** A directory of ours, made where it is missing. A link in its place would lead the mount elsewhere. */
async function ownDirectory(parent: string, ...names: readonly string[]): Promise<string> {
  let path = parent;
  for (const name of names) {
    await mkdir(path, { recursive: true });
    path = join(path, name);
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if ((await lstat(path)).isDirectory()) continue;
    throw new SandboxError("permission_denied", `${path} is no directory.`, {
      hint: "A link or file stands where a group's directory should be. Look at it, and remove it.",
    });
  }
  return path;
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
