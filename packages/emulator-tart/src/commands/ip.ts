import { setTimeout } from "node:timers/promises";
import type { ServiceError } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type { Command } from "../arguments/parsed.js";
import { RuntimeFailure, SystemFailure } from "../failures.js";
import { faultStrikes } from "../store/faults.js";
import type { TartHome } from "../store/home.js";
import { openLocal, runnerOf, type VmDirectory } from "../store/vm-directory.js";
import { agentClient } from "../vm/agent-client.js";
import { statusText } from "../vm/grpc-status.js";
import { agentService } from "../vm/guest-agent/protocol.js";
import { leasedAddress } from "../vm/leases.js";

const POLL_MS = 1000;
const AGENT_DEADLINE_MS = 1000;

type Resolver = (home: TartHome, machine: VmDirectory) => Promise<string | undefined>;

const resolvers: Readonly<Record<string, Resolver>> = {
  // Whether the machine runs is not asked.
  dhcp: async (home, machine) => leasedAddress(home, machine.readConfig().macAddress),
  arp: async (home, machine) =>
    runnerOf(home, machine) === undefined ? undefined : leasedAddress(home, machine.readConfig().macAddress),
  agent: async (_home, machine) => resolveByAgent(machine),
};

export const run: Command = async (parsed, home) => {
  const machine = openLocal(home, parsed.text("name"));
  const kind = parsed.text("resolver");
  const resolve = resolvers[kind];
  if (resolve === undefined) throw new Error(`${kind} is not emulated`);
  if (faultStrikes(home, "ip-empty")) return 0;
  const deadline = performance.now() + parsed.number("wait") * 1000;
  do {
    const address = await resolve(home, machine);
    if (address !== undefined) {
      process.stdout.write(`${address}\n`);
      return 0;
    }
    await setTimeout(POLL_MS, undefined, { signal: home.interrupted });
  } while (performance.now() < deadline);
  throw noAddress(home, machine, kind);
};

function noAddress(home: TartHome, machine: VmDirectory, resolver: string): RuntimeFailure {
  let text = "no IP address found";
  if (runnerOf(home, machine) === undefined) text += ", is your VM running?";
  if (resolver === "agent") text += " (also make sure that Guest agent for Tart is running inside of a VM)";
  if (resolver === "arp" && machine.readConfig().os === "linux") {
    text += " (not all Linux distributions are compatible with the ARP resolver)";
  }
  return new RuntimeFailure(text);
}

/** Undefined while there is no way to the agent; whatever else it answers ends the command. */
function resolveByAgent(machine: VmDirectory): Promise<string | undefined> {
  const client = agentClient(machine);
  const method = agentService("new").ResolveIP;
  if (method === undefined) throw new Error("the schema has no ResolveIP");
  return new Promise<string | undefined>((resolve, reject) => {
    const finish = (error: ServiceError | null, answer?: { ip: string }) => {
      client.close();
      if (error === null) resolve(answer?.ip);
      else if (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED)
        resolve(undefined);
      else reject(new SystemFailure(statusText(error)));
    };
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      {},
      { deadline: Date.now() + AGENT_DEADLINE_MS },
      finish,
    );
  });
}
