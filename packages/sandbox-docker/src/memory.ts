import { type RawProcess, SandboxError } from "@nanoclaw/sandbox/adapter";

/**
 * Prints how often the kernel killed in this control group for want of memory: by cgroup v2's file, or by
 * v1's. The shell's own commands alone, as the image may have no others.
 */
const script = `
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r "$file" ] || continue
  while read -r key value; do
    if [ "$key" = oom_kill ]; then echo "$value"; exit; fi
  done <"$file"
done
exit 1`;

/** Run in the guest by its shell; `readKills` reads what it prints. */
export const killCountCommand: readonly string[] = ["/bin/sh", "-c", script];

/**
 * The kernel's own count. The engine's events would tell the same a moment late, and Podman has none of them.
 * Rejects with `unsupported` where the guest cannot see its control group.
 */
export async function readKills(process: RawProcess): Promise<number> {
  process.stdin.end();
  let text = "";
  for await (const { stream, data } of process.output) {
    if (stream === "stdout") text += Buffer.from(data).toString("latin1");
  }
  const { exitCode } = await process.exited;
  if (exitCode === 0 && /^\d+\n$/.test(text)) return Number(text);
  throw new SandboxError("unsupported", "The sandbox does not show how often memory ran out.");
}
