import { renameSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
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
/** Within so long the program of an agent that was started listens. */
const PROGRAM_START_MS = 5000;
const DIAL_MS = 10;

/** Opens the machine's control socket, which leads every connection to the agent in the guest. */
export async function openControlSocket(home: TartHome, machine: VmDirectory, guest: Guest): Promise<void> {
  const isDue = agentIsDue(home, machine);
  let wasThere = false;
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async (client) => {
    const accepted = performance.now();
    const clientLeft = () => {
      if (isHasty(client, accepted)) wedge(home, server);
    };
    const agent = await dial(guest, () => !wasThere && isDue());
    wasThere ||= agent !== undefined;
    if (agent) forward(client, agent, clientLeft);
    else refuse(client, clientLeft);
    client.resume();
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

/**
 * Whether the agent has been started a moment ago, and may not listen yet. How long an agent takes is a setting; what its program
 * takes here comes on top of that, and is no part of what a guest does.
 */
function agentIsDue(home: TartHome, machine: VmDirectory): () => boolean {
  const { bootMs, agentMs } = home.settings;
  const due = performance.now() + bootMs + agentMs;
  const hasAgent = machine.readContents().agent !== "none";
  return () => hasAgent && performance.now() >= due && performance.now() < due + PROGRAM_START_MS;
}

/** A connection to the agent in the guest; undefined where nobody listens. */
async function dial(guest: Guest, isComing: () => boolean): Promise<Socket | undefined> {
  for (;;) {
    const agent = guest.connect(AGENT_SOCKET);
    const isTaken = await new Promise<boolean>((resolve) => {
      agent.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (isTaken) return agent;
    if (!isComing()) return undefined;
    await delay(DIAL_MS);
  }
}

/** The client finds its connection closed, unless it leaves by itself before. */
function refuse(client: Socket, clientLeft: () => void): void {
  let isClosed = false;
  client.on("error", () => undefined);
  client.on("end", () => client.destroy());
  client.on("close", () => {
    if (!isClosed) clientLeft();
  });
  setTimeout(() => {
    isClosed = true;
    client.destroy();
  }, REFUSAL_MS);
}

/** Both ways, byte by byte. */
function forward(client: Socket, agent: Socket, clientLeft: () => void): void {
  const state = { agentGone: false, clientGone: false };
  const leave = () => {
    state.agentGone = true;
    client.destroy();
  };
  agent.on("error", leave);
  agent.on("close", leave);
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
