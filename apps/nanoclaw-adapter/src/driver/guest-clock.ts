import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";
import { runAsRoot } from "../run/guest-root.js";

/**
 * NanoClaw compares times that the guest writes with the host's clock, and ends a session that seems to be 60 s behind
 * (`nanoclaw.md §2.5`). Far below that.
 */
const toleratedMs = 5_000;
const timeoutMs = 15_000;

const setScript =
  'as_root date -u -s "@$1" >/dev/null 2>&1 || as_root date -u "$(date -u -r "$1" +%m%d%H%M%Y.%S)" >/dev/null';

/**
 * Sees to it that a virtual machine's clock is the host's, and sets it where it is not.
 *
 * @returns By how much it was corrected, in milliseconds; 0 where that was not needed.
 * @throws SandboxError `engine_unavailable` for a clock that stays wrong: a fresh machine may have a good one.
 */
export async function agreeOnTime(sandbox: Sandbox): Promise<number> {
  const skewMs = await measureSkew(sandbox);
  if (Math.abs(skewMs) <= toleratedMs) return 0;
  await runAsRoot(sandbox, setScript, [String(Math.round(Date.now() / 1000))], { timeoutMs });
  const leftMs = await measureSkew(sandbox);
  if (Math.abs(leftMs) <= toleratedMs) return -skewMs;
  throw new SandboxError(
    "engine_unavailable",
    `The guest's clock is ${Math.round(leftMs / 1000)} s off the host's.`,
    {
      hint: "NanoClaw would end its sessions for nothing. Have the image set its clock, or let root do it.",
    },
  );
}

/** How far the guest's clock is ahead, in milliseconds. Times between question and answer count as none. */
async function measureSkew(sandbox: Sandbox): Promise<number> {
  const before = Date.now();
  const { exitCode, stdout } = await sandbox.exec(["date", "-u", "+%s"], { timeoutMs });
  const after = Date.now();
  const seconds = Number(stdout.trim());
  if (exitCode !== 0 || !Number.isInteger(seconds) || stdout.trim() === "") {
    throw new SandboxError("engine_unavailable", "The guest does not tell its time.", {
      hint: "Its image needs date(1).",
    });
  }
  // It tells whole seconds, cut off.
  const earliest = seconds * 1000;
  const latest = earliest + 999;
  if (latest < before) return latest - before;
  return earliest > after ? earliest - after : 0;
}
