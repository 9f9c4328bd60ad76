import {
  connectGuest,
  disconnectGuest,
  GATEWAY,
  type HeldAddress,
  holdAddress,
  PREFIX_LENGTH,
  runProgram,
} from "@nanoclaw/emulator-base";
import type { NetworkAttachment, NetworkRequest } from "./configuration.js";

/** A container's connection to the host; there is one, whatever the number of networks asked for. */
export interface ContainerNetwork {
  readonly address: string;
  readonly attachments: readonly NetworkAttachment[];
  /** Gives the container its interface. `pid` is a process in the container. */
  connect(pid: number): Promise<void>;
  /** Takes away what is left of it on the host. */
  close(): Promise<void>;
}

/**
 * Takes an address for a container. Addresses are not stable across starts (apple-container.md §7.1).
 *
 * @param owner Whose container it is, for `leftGuests`.
 */
export async function openNetwork(
  requests: readonly NetworkRequest[],
  owner: string,
): Promise<ContainerNetwork | undefined> {
  const [first] = requests;
  if (first === undefined) return undefined;
  const held = await holdAddress(`${Math.random()}`);
  const connected: { link?: string } = {};
  return {
    address: held.address,
    attachments: requests.map((request) => attachment(request, held)),
    async connect(pid) {
      connected.link = await connectGuest(pid, held.address, owner);
      const commands = [
        `address add ${held.address}/${PREFIX_LENGTH} dev eth0`,
        ...(first.options.macAddress ? [`link set eth0 address ${first.options.macAddress}`] : []),
        `link set eth0 mtu ${first.options.mtu ?? DEFAULT_MTU}`,
        "link set eth0 up",
        `route add default via ${GATEWAY}`,
      ];
      await runProgram("nsenter", ["-t", `${pid}`, "-n", "--", "ip", "-batch", "-"], {
        input: `${commands.join("\n")}\n`,
      });
    },
    async close() {
      if (connected.link !== undefined) await disconnectGuest(connected.link);
      held.release();
    },
  };
}

const DEFAULT_MTU = 1280;

function attachment({ network, options }: NetworkRequest, { address }: HeldAddress): NetworkAttachment {
  return {
    network,
    hostname: options.hostname,
    ipv4Address: `${address}/${PREFIX_LENGTH}`,
    ipv4Gateway: GATEWAY,
    ...(options.macAddress && { macAddress: options.macAddress }),
    mtu: options.mtu ?? DEFAULT_MTU,
  };
}
