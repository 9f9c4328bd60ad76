import { type Client, credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import type { VmDirectory } from "../store/vm-directory.js";
import { agentService } from "./guest-agent/protocol.js";

/** A way to the machine's agent. Changes the current directory, as the path of a socket may only be short. */
export function agentClient(machine: VmDirectory): Client {
  process.chdir(machine.path);
  const Agent = makeGenericClientConstructor(agentService("new"), "Agent");
  return new Agent("unix:control.sock", credentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": 1000,
    "grpc.max_reconnect_backoff_ms": 2000,
    "grpc.enable_http_proxy": 0,
  });
}

export function waitForAgent(client: Client, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + milliseconds, (error) => resolve(error === undefined));
  });
}
