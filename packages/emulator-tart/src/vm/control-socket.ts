import { renameSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Guest } from "@nanoclaw/emulator-guest";
import { faultStrikes } from "../store/faults.js";
import type { TartHome } from "../store/home.js";
import type { VmDirectory } from "../store/vm-directory.js";

/** Where the guest's agent listens. */
const AGENT_SOCKET = "/run/guest/agent/rpc.sock";
/** A client that stays as long cannot end the loop. */
const SETTLED_MS = 1000;

/** Opens the machine's control socket, which leads every connection to the agent in the guest. */
export async function openControlSocket(home: TartHome, machine: VmDirectory, guest: Guest): Promise<void> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    if (home.settings.faults.some((fault) => fault.startsWith("wedge"))) wedgeOnHaste(home, server, client);
    forward(client, guest.connect(AGENT_SOCKET));
  });
  // By a name in the current directory, as paths of sockets are short and that of a machine may be long. The name it
  // is bound by is not its own: it stays behind, stale, when the process ends.
  process.chdir(machine.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(".control.sock", resolve);
  });
  renameSync(".control.sock", "control.sock");
  server.unref();
}

/** Both ways, byte by byte. Where nobody listens in the guest, the client finds its connection closed. */
function forward(client: Socket, agent: Socket): void {
  const state = { clientGone: false };
  agent.on("error", () => client.destroy());
  agent.on("close", () => client.destroy());
  // The guest is not told of a client that goes away; it finds out when it writes next.
  client.on("error", () => undefined);
  client.on("close", () => {
    state.clientGone = true;
    agent.resume();
    if (!agent.readyState.includes("open")) agent.destroy();
  });
  client.on("end", () => client.destroy());
  client.on("data", (data) => {
    if (agent.write(data)) return;
    client.pause();
    agent.once("drain", () => client.resume());
  });
  agent.on("data", (data) => {
    if (state.clientGone) agent.destroy();
    else if (!client.write(data)) {
      agent.pause();
      client.once("drain", () => agent.resume());
    }
  });
  agent.once("connect", () => client.resume());
}

/**
 * The fault of connections that are closed before they have been made ready: the loop that accepts them ends for good.
 * A client that leaves within a second and before anything came from the guest does that here.
 */
function wedgeOnHaste(home: TartHome, server: Server, client: Socket): void {
  const accepted = performance.now();
  client.once("end", () => {
    const hasty = client.bytesWritten === 0 && performance.now() - accepted < SETTLED_MS;
    if (!hasty || !server.listening || !faultStrikes(home, "wedge")) return;
    process.stdout.write("Failed to run control socket: NIOFcntlFailedError()\n");
    server.close();
  });
}
