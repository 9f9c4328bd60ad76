import { renameSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Guest } from "@nanoclaw/emulator-base";
import { faultStrikes } from "../store/faults.js";
import type { TartHome } from "../store/home.js";
import type { VmDirectory } from "../store/vm-directory.js";

/** Where the guest's agent listens. */
const AGENT_SOCKET = "/run/guest/agent/rpc.sock";
/** A client that stays as long cannot end the loop. */
const SETTLED_MS = 1000;
/** Until it is known that nobody listens in the guest: a client can leave meanwhile. */
const REFUSAL_MS = 20;

/** Opens the machine's control socket, which leads every connection to the agent in the guest. */
export async function openControlSocket(home: TartHome, machine: VmDirectory, guest: Guest): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const accepted = performance.now();
    forward(client, guest.connect(AGENT_SOCKET), () => {
      if (isHasty(client, accepted)) wedge(home, server);
    });
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
function forward(client: Socket, agent: Socket, clientLeft: () => void): void {
  const state = { agentGone: false, clientGone: false };
  const leave = () => {
    state.agentGone = true;
    client.destroy();
  };
  let refused = false;
  agent.on("error", () => {
    refused = true;
    setTimeout(leave, REFUSAL_MS);
  });
  agent.on("close", () => {
    if (!refused) leave();
  });
  // The guest is not told of a client that goes away; it finds out when it writes next.
  client.on("error", () => undefined);
  client.on("close", () => {
    state.clientGone = true;
    if (!state.agentGone) clientLeft();
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
}

/** Whether a client left within a second, before it or the guest had said anything. */
function isHasty(client: Socket, accepted: number): boolean {
  const saidNothing = client.bytesRead === 0 || client.bytesWritten === 0;
  return saidNothing && performance.now() - accepted < SETTLED_MS;
}

/** The fault of connections that are closed before they have been made ready: nothing is accepted any more. */
function wedge(home: TartHome, server: Server): void {
  if (!server.listening || !faultStrikes(home, "wedge")) return;
  process.stdout.write("Failed to run control socket: NIOFcntlFailedError()\n");
  server.close();
}
