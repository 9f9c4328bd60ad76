import { lstat } from "node:fs/promises";
import { posix, resolve } from "node:path";
import { attachSandbox, SandboxError, type SandboxFiles } from "@nanoclaw/sandbox";
import { copyTarget, type Place, parsePlace, type Target } from "../command-line/place.js";
import { UsageError } from "../command-line/usage-error.js";
import { findSandbox } from "../engines/find-sandbox.js";
import { type EngineFlags, enginesToAsk } from "../engines/open.js";
import { fetchInto, hostTarget, isHostDirectory } from "../host-files.js";
import { tellTrouble } from "../start-sandbox.js";
import { withProgress } from "../terminal/progress.js";

/** A copy takes as long as it takes; Ctrl-C ends it. The longest delay that a timer can have, 24 days. */
const NO_LIMIT_MS = 2_147_483_647;

/** Copies a file or a tree between the host and a sandbox, by the rules of `docker cp`. */
export async function cp(from: string, to: string, flags: EngineFlags, signal: AbortSignal): Promise<number> {
  const [source, target] = [parsePlace(from), parsePlace(to)];
  if ((source.sandbox === undefined) === (target.sandbox === undefined)) {
    throw new UsageError(
      "Exactly one of the two is SANDBOX:PATH. Write ./ before a host path that has a colon.",
    );
  }
  const engines = await enginesToAsk(flags, signal);
  const { provider, sandbox: found } = await findSandbox(
    source.sandbox ?? target.sandbox ?? "",
    engines,
    signal,
  );
  const sandbox = await attachSandbox(provider, found.id, { signal, onEvent: tellTrouble });
  const copy = source.sandbox === undefined ? upload : download;
  try {
    await withProgress(`Copying ${from}`, () =>
      copy(sandbox.files, source, target, { signal, timeoutMs: NO_LIMIT_MS }),
    );
  } finally {
    await sandbox.detach();
  }
  return 0;
}

type Limits = { signal: AbortSignal; timeoutMs: number };

async function upload(files: SandboxFiles, { path }: Place, target: Place, limits: Limits): Promise<void> {
  const source = withDot(path, resolve(path));
  const isDirectory = await isHostDirectory(source);
  const found = await guestTarget(files, target.path, limits);
  await files.upload(resolve(path), copyTarget({ path: source, isDirectory }, target.path, found), limits);
}

async function download(files: SandboxFiles, { path }: Place, target: Place, limits: Limits): Promise<void> {
  const source = withDot(path, posix.normalize(path));
  const isDirectory = (await guestTarget(files, source, limits)) === "directory";
  const found = await hostTarget(target.path);
  const end = copyTarget({ path: source, isDirectory }, target.path, found);
  const fetch = (place: string) => files.download(posix.resolve(path), place, limits);
  const there = await lstat(end).catch(() => undefined);
  if (isDirectory && there?.isDirectory()) await fetchInto(end, fetch);
  else await fetch(end);
}

async function guestTarget(files: SandboxFiles, path: string, limits: Limits): Promise<Target> {
  if (!(await files.exists(path, limits))) return "nothing";
  try {
    return (await files.stat(path, limits)).type === "directory" ? "directory" : "file";
  } catch (error) {
    // A link that leads nowhere. It is copied, or replaced, as itself.
    if (SandboxError.is(error, "file_failed")) return "file";
    throw error;
  }
}

/** `resolve` takes the dot at the end away, which says that only the content is meant. */
function withDot(written: string, resolved: string): string {
  return /(^|\/)\.$/.test(written) && !resolved.endsWith("/.")
    ? `${resolved.replace(/\/$/, "")}/.`
    : resolved;
}
