import { readdirSync, unlinkSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { Execution } from "./execution.js";
import { Pipes } from "./pipes.js";
import {
  type AgentGeneration,
  agentService,
  type ExecRequest,
  type ExecResponse,
  type SignalRequest,
} from "./protocol.js";

/** Connections of nobody's call are closed after this time by later agents. */
const IDLE_MS = 5000;

const [generation, directory] = process.argv.slice(2) as [AgentGeneration, string];
const running = new Map<string, Execution>();
const pipes = new Pipes(directory);

function exec(call: ServerDuplexStream<ExecRequest, ExecResponse>): void {
  const execution = new Execution(call, generation, pipes, () => running.delete(execution.id));
  running.set(execution.id, execution);
}

function resolveIp(_call: unknown, callback: sendUnaryData<{ ip: string }>): void {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
  if (found) callback(null, { ip: found.address });
  else callback({ code: status.UNKNOWN, details: "cannot resolve VM's IP address" });
}

function signal({ request }: ServerUnaryCall<SignalRequest, object>, callback: sendUnaryData<object>): void {
  const failure = trySignal(request);
  if (failure === undefined) callback(null, {});
  else callback({ code: status.UNKNOWN, details: failure });
}

/** Why it could not be sent. */
function trySignal({ exec_id, signal }: SignalRequest): string | undefined {
  const execution = running.get(exec_id);
  if (!execution) return `exec "${exec_id}" is not running`;
  if (signal === "SIGNAL_SIGTERM") execution.kill("SIGTERM");
  else if (signal === "SIGNAL_SIGKILL") execution.kill("SIGKILL");
  else return `unsupported exec signal "${signal}"`;
  return undefined;
}

const server = new Server(generation === "new" ? { "grpc.max_connection_idle_ms": IDLE_MS } : {});
server.addService(agentService(generation), { Exec: exec, ResolveIP: resolveIp, Signal: signal });
for (const name of readdirSync(directory)) unlinkSync(join(directory, name));
server.bindAsync(`unix:${join(directory, "rpc.sock")}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  pipes.refill();
});
