import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { runProgram } from "./run-program.js";

/** The host's address on every guest's network; guests do not reach each other. */
export const GATEWAY = "192.168.64.1";
export const PREFIX_LENGTH = 18;

/** Guests are 192.168.64.2 to 192.168.127.254. */
const FIRST = 2;
const LAST = 64 * 256 - 2;

/** An address that no other guest on this machine has, for as long as it is held. */
export interface HeldAddress {
  readonly address: string;
  release(): void;
}

/**
 * Takes an address, the same for the same seed where that is free. The kernel keeps the register: an address is an
 * abstract socket, which goes with the process.
 */
export async function holdAddress(seed: string): Promise<HeldAddress> {
  const start = createHash("sha256").update(seed).digest().readUInt32BE(0);
  for (let tried = 0; tried <= LAST - FIRST; tried++) {
    const number = FIRST + ((start + tried) % (LAST - FIRST + 1));
    const last = number % 256;
    if (last === 0 || last === 255) continue;
    const address = `192.168.${64 + Math.floor(number / 256)}.${last}`;
    const server = createServer();
    if (await listen(server, `\0nanoclaw-emulator-guest-${address}`)) {
      server.unref();
      return { address, release: () => server.close() };
    }
  }
  throw new Error("Every address for guests is taken.");
}

function listen(server: ReturnType<typeof createServer>, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(path, () => resolve(true));
  });
}

/** All that begin so are ends of guests' networks. */
const LINK_PREFIX = "guest";

/**
 * Connects a guest: its end is called eth0 and goes with its network namespace, and takes the host's with it.
 *
 * @param pid A process in the guest's network namespace.
 * @param owner Whose guest it is; `listLinks` tells it.
 * @returns The name of the host's end.
 */
export async function connectGuest(pid: number, address: string, owner: string): Promise<string> {
  const link = `${LINK_PREFIX}${createHash("sha256").update(address).digest("hex").slice(0, 8)}`;
  // Of a guest before, whose namespace the kernel is still taking apart: its address would be taken with it.
  const before = await listLinks();
  const old = before.some(({ name }) => name === link) ? `link del ${link}\n` : "";
  const commands = [
    `link add ${link} type veth peer name eth0 netns ${pid}`,
    `link set ${link} alias ${linkAlias(owner)}`,
    `address add ${GATEWAY}/32 dev ${link}`,
    `link set ${link} up`,
    `route replace ${address}/32 dev ${link} src ${GATEWAY}`,
  ];
  await runProgram("ip", ["-batch", "-"], { input: `${old}${commands.join("\n")}\n` });
  return link;
}

/** Takes the host's end away, and by that the guest's. Nothing happens where it is gone already. */
export async function disconnectGuest(link: string): Promise<void> {
  if ((await listLinks()).some(({ name }) => name === link)) {
    await runProgram("ip", ["link", "del", link]).catch(async (error: unknown) => {
      // Gone between the two calls.
      if ((await listLinks()).some(({ name }) => name === link)) throw error;
    });
  }
}

/**
 * Inside the guest's network, so that nothing stays behind on the host; root in the guest could undo it.
 *
 * @param pid A process in the guest's network namespace.
 */
export async function filterOutput(
  pid: number,
  rules: readonly { network: string; verdict: string }[],
): Promise<void> {
  const lines = rules.map(({ network, verdict }) => `-A OUTPUT -o eth0 -d ${network} -j ${verdict}`);
  const input = ["*filter", ":OUTPUT ACCEPT", ...lines, "COMMIT", ""].join("\n");
  await runProgram("nsenter", ["-t", `${pid}`, "-n", "--", "iptables-restore"], { input });
}

/** The guests' networks on this machine. */
async function listLinks(): Promise<{ name: string; alias: string }[]> {
  const text = await runProgram("ip", ["-json", "link", "show"]);
  const links = JSON.parse(text) as { ifname?: string; ifalias?: string }[];
  return links
    .filter(({ ifname }) => ifname?.startsWith(LINK_PREFIX))
    .map(({ ifname, ifalias }) => ({ name: ifname ?? "", alias: ifalias ?? "" }));
}

/** The host's ends of the networks of this owner's guests. */
export async function linksOf(owner: string): Promise<string[]> {
  const links = await listLinks();
  return links.filter(({ alias }) => alias === linkAlias(owner)).map(({ name }) => name);
}

/** An alias may be 255 bytes long and must be one word. */
function linkAlias(owner: string): string {
  return `emulator-guest-${createHash("sha256").update(owner).digest("hex").slice(0, 32)}`;
}
