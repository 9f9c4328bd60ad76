import { join } from "node:path";
import {
  type Client,
  type ClientDuplexStream,
  credentials,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { agentService } from "../src/vm/guest-agent/protocol.js";

const service = agentService("new");
const Agent = makeGenericClientConstructor(service, "Agent");

/** What came of one call of Exec. */
export interface Answer {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Undefined where the stream ended without one. */
  readonly exitCode?: number;
  readonly execId?: string;
  /** The kinds of the messages, in their order, each once. */
  readonly kinds: readonly string[];
  readonly largestChunk: number;
  readonly error?: ServiceError;
}

export interface Message {
  readonly exit?: { readonly code: number };
  readonly standard_output?: { readonly data: Buffer };
  readonly standard_error?: { readonly data: Buffer };
  readonly started?: { readonly exec_id: string };
}

export type ExecCall = ClientDuplexStream<object, Message>;

/** A connection to a machine's control socket, as other programs make it. */
export class AgentCalls implements Disposable {
  readonly client: Client;

  constructor(home: string, name: string) {
    this.client = new Agent(`unix:${join(home, "vms", name, "control.sock")}`, credentials.createInsecure(), {
      "grpc.initial_reconnect_backoff_ms": 1000,
    });
  }

  ready(milliseconds = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.waitForReady(Date.now() + milliseconds, (error) => (error ? reject(error) : resolve()));
    });
  }

  exec(): ExecCall {
    const { path, requestSerialize, responseDeserialize } = method("Exec");
    return this.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize) as ExecCall;
  }

  /** Runs a command with nothing on its input. */
  run(name: string, args: readonly string[] = [], command: object = {}): Promise<Answer> {
    const call = this.exec();
    call.write({ command: { name, args, ...command } });
    return answerOf(call);
  }

  signal(execId: string, signal: number | string): Promise<ServiceError | undefined> {
    return this.unary("Signal", { exec_id: execId, signal }).then(({ error }) => error);
  }

  async resolveIp(): Promise<string | undefined> {
    return ((await this.unary("ResolveIP", {})).answer as { ip: string } | undefined)?.ip;
  }

  private unary(name: string, request: object): Promise<{ error?: ServiceError; answer?: unknown }> {
    const { path, requestSerialize, responseDeserialize } = method(name);
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
        resolve(error ? { error } : { answer }),
      );
    });
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

function method(name: string) {
  const found = service[name];
  if (found === undefined) throw new Error(`the schema has no ${name}`);
  return found;
}

/** Reads a call to its end. */
export function answerOf(call: ExecCall): Promise<Answer> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const kinds = new Set<string>();
  let exitCode: number | undefined;
  let execId: string | undefined;
  call.on("data", (message: Message) => {
    for (const kind of Object.keys(message)) if (kind !== "type") kinds.add(kind);
    if (message.standard_output) stdout.push(message.standard_output.data);
    if (message.standard_error) stderr.push(message.standard_error.data);
    if (message.exit) exitCode = message.exit.code;
    if (message.started) execId = message.started.exec_id;
  });
  return new Promise((resolve) => {
    const finish = (error?: ServiceError) =>
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        exitCode,
        execId,
        kinds: [...kinds],
        largestChunk: Math.max(0, ...[...stdout, ...stderr].map(({ length }) => length)),
        error,
      });
    call.once("error", finish);
    call.once("end", () => finish());
  });
}
