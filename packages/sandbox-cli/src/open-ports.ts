import type { Sandbox } from "@nanoclaw/sandbox";
import { notice } from "./terminal/output.js";

export interface OpenedPort {
  /** In the sandbox. */
  readonly port: number;
  /** On the host. */
  readonly url: string;
}

/** Opens ports of a sandbox on the host's loopback. */
export async function openPorts(
  sandbox: Sandbox,
  ports: readonly number[] = [],
  signal: AbortSignal,
): Promise<OpenedPort[]> {
  const opened: OpenedPort[] = [];
  for (const port of ports) {
    const { url } = await sandbox.ports.open(port, { signal });
    opened.push({ port, url });
  }
  return opened;
}

export function tellPort({ port, url }: OpenedPort): void {
  notice(`sandbox: Port ${port} of the sandbox is at ${url}`);
}
