import type { Sandbox } from "@nanoclaw/sandbox";
import { notice } from "./terminal/output.js";

/** Opens the ports that were asked for, for as long as this program or the sandbox lives, and says where they are. */
export async function openPorts(
  sandbox: Sandbox,
  ports: readonly number[] = [],
  signal: AbortSignal,
): Promise<void> {
  for (const port of ports) {
    const { url } = await sandbox.ports.open(port, { signal });
    notice(`sandbox: Port ${port} of the sandbox is at ${url}`);
  }
}
