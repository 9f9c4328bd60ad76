import { GATEWAY } from "@nanoclaw/emulator-base";
import type { ContainerConfiguration, NetworkAttachment } from "./configuration.js";
import { makeControlGroups, removeControlGroups } from "./control-groups.js";
import { openNetwork } from "./network.js";
import { openPorts } from "./port-forwarders.js";
import { publishSockets } from "./published-sockets.js";

/** What a container has on the host besides its files: control groups, an address, ports and sockets. */
export class Surroundings {
  private readonly closers: (() => unknown)[] = [];

  private constructor(
    private readonly configuration: ContainerConfiguration,
    readonly controlGroups: readonly string[],
    private readonly network: Awaited<ReturnType<typeof openNetwork>>,
  ) {}

  /** @param home That of the emulator, whose container it is. */
  static async prepare(configuration: ContainerConfiguration, home: string): Promise<Surroundings> {
    const controlGroups = await makeControlGroups(home, configuration);
    return new Surroundings(configuration, controlGroups, await openNetwork(configuration.networks, home));
  }

  readonly gateway = GATEWAY;

  get address(): string | undefined {
    return this.network?.address;
  }

  get attachments(): readonly NetworkAttachment[] {
    return this.network?.attachments ?? [];
  }

  /** Connects the container, whose first process this is. Without a network ports do nothing (apple-container.md §7.3). */
  async connect(pid: number): Promise<void> {
    const { publishedPorts, publishedSockets } = this.configuration;
    if (this.network !== undefined) {
      await this.network.connect(pid);
      const ports = await openPorts(publishedPorts, this.network.address);
      this.closers.push(() => ports.close());
    }
    const sockets = await publishSockets(publishedSockets, pid);
    this.closers.push(() => sockets.close());
  }

  /** To be called when no process of the container is left. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) close();
    await removeControlGroups(this.controlGroups);
    await this.network?.close();
  }
}
