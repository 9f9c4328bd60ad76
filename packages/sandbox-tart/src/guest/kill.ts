import {
  compactScript,
  type ProcessSpec,
  processTreeScript,
  type RawProcess,
  SandboxError,
} from "@nanoclaw/sandbox/adapter";
import { collect } from "./collect.js";
import darwin from "./kill-darwin.sh";
import found from "./kill-found.sh";
import linux from "./kill-linux.sh";

const scripts = {
  // Its own sb_scan takes the place of the one that needs /proc.
  darwin: processTreeScript + compactScript(`${darwin}\n${found}`),
  linux: processTreeScript + compactScript(`${linux}\n${found}`),
};

export interface Target {
  readonly os: "darwin" | "linux";
  readonly user: string | undefined;
  readonly mark: number | undefined;
  /** See `GuestProcess.root`. */
  readonly root: number | undefined;
  /** Whether the shell that started the command leads a process group of its own. */
  readonly ownGroup: boolean;
}

/**
 * Sends a signal to a command and all that it started, by another process of the guest. After `SIGKILL` it returns
 * when nothing of it lives. What belongs to somebody else, as after `sudo`, is signalled as root.
 *
 * @throws SandboxError `cleanup_failed` when something would not die.
 */
export async function killTree(
  target: Target,
  signal: string,
  spawn: (spec: ProcessSpec) => Promise<RawProcess>,
): Promise<void> {
  const { os, mark, root, ownGroup } = target;
  const words = [signal.replace(/^SIG/, ""), mark ?? "", root ?? "", ownGroup ? "1" : ""].map(String);
  /** What would not die, as process ids. */
  const attempt = async (user: string | undefined, seen: string): Promise<string> => {
    const argv = ["/bin/sh", "-c", scripts[os], "sandbox", ...words, seen];
    const { exitCode, stdout, stderr } = await collect(await spawn({ argv, user }));
    if (exitCode === 0) return "";
    return stdout.trim().split(" ").slice(1).join(" ") || stderr.trim() || `exit ${exitCode}`;
  };
  const left = await attempt(target.user, "");
  if (left === "") return;
  const leftByRoot = await attempt("root", left).catch((error: unknown) => {
    if (SandboxError.is(error, "permission_denied")) return left;
    throw error;
  });
  if (leftByRoot !== "") {
    throw new SandboxError("cleanup_failed", `Processes of the command would not die: ${leftByRoot}.`, {
      hint: "Destroy the sandbox: that ends everything in it.",
    });
  }
}
