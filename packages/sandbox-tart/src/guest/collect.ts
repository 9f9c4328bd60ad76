import type { ProcessExit, RawProcess } from "@nanoclaw/sandbox/adapter";

/** Runs a short command of ours to its end and keeps its output. */
export async function collect(
  process: RawProcess,
  input?: string,
): Promise<ProcessExit & { readonly stdout: string; readonly stderr: string }> {
  process.stdin.end(input);
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for await (const { stream, data } of process.output) parts[stream].push(data);
  return {
    ...(await process.exited),
    stdout: Buffer.concat(parts.stdout).toString(),
    stderr: Buffer.concat(parts.stderr).toString(),
  };
}
