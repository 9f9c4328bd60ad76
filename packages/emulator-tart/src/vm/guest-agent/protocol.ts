import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadPackageDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";

/** What the agent understands; the fields that the older generation does not know are left out for it. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly interactive: boolean;
  readonly tty: boolean;
  readonly terminal_size?: TerminalSize | null;
  readonly detach: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
}

export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

export interface IoChunk {
  readonly data: Buffer;
}

export type ExecRequest =
  | { readonly type: "command"; readonly command: Command }
  | { readonly type: "standard_input"; readonly standard_input: IoChunk }
  | { readonly type: "terminal_resize"; readonly terminal_resize: TerminalSize };

export type ExecResponse =
  | { readonly exit: { readonly code: number } }
  | { readonly standard_output: IoChunk }
  | { readonly standard_error: IoChunk }
  | { readonly started: { readonly exec_id: string } };

export interface SignalRequest {
  readonly exec_id: string;
  readonly signal: "SIGNAL_UNSPECIFIED" | "SIGNAL_SIGTERM" | "SIGNAL_SIGKILL" | number;
}

/** `old` is 0.11, with the fields that 0.10 added; `new` is what came after. */
export type AgentGeneration = "old" | "new";

/** Its type is that of a package that the loader brings, and asks for a comment on each method. */
type Schema = Parameters<typeof fromJSON>[0];

/** The service of this generation. An old one ignores what it does not know, as any reader of the format does. */
export function agentService(generation: AgentGeneration): ServiceDefinition {
  const isNew = generation === "new";
  const schema: object = {
    nested: {
      google: { nested: { protobuf: { nested: { Empty: { fields: {} } } } } },
      Agent: {
        methods: {
          Exec: {
            requestType: "ExecRequest",
            requestStream: true,
            responseType: "ExecResponse",
            responseStream: true,
          },
          ResolveIP: { requestType: "ResolveIPRequest", responseType: "ResolveIPResponse" },
          ...(isNew && { Signal: { requestType: "SignalRequest", responseType: "google.protobuf.Empty" } }),
        },
      },
      ExecRequest: {
        oneofs: { type: { oneof: ["command", "standard_input", "terminal_resize"] } },
        fields: {
          command: { type: "Command", id: 1 },
          standard_input: { type: "IOChunk", id: 2 },
          terminal_resize: { type: "TerminalSize", id: 3 },
        },
        nested: {
          Command: {
            fields: {
              name: { type: "string", id: 1 },
              args: { rule: "repeated", type: "string", id: 2 },
              interactive: { type: "bool", id: 3 },
              tty: { type: "bool", id: 4 },
              terminal_size: { type: "TerminalSize", id: 5 },
              detach: { type: "bool", id: 6 },
              env: { keyType: "string", type: "string", id: 7 },
              workdir: { type: "string", id: 8 },
              ...(isNew && { user: { type: "string", id: 9 } }),
            },
          },
        },
      },
      ExecResponse: {
        oneofs: { type: { oneof: ["exit", "standard_output", "standard_error", "started"] } },
        fields: {
          exit: { type: "Exit", id: 1 },
          standard_output: { type: "IOChunk", id: 2 },
          standard_error: { type: "IOChunk", id: 3 },
          started: { type: "Started", id: 4 },
        },
        nested: {
          Exit: { fields: { code: { type: "int32", id: 1 } } },
          Started: { fields: { exec_id: { type: "string", id: 1 } } },
        },
      },
      TerminalSize: { fields: { rows: { type: "uint32", id: 1 }, cols: { type: "uint32", id: 2 } } },
      IOChunk: { fields: { data: { type: "bytes", id: 1 } } },
      ResolveIPRequest: { fields: {} },
      ResolveIPResponse: { fields: { ip: { type: "string", id: 1 } } },
      Signal: { values: { SIGNAL_UNSPECIFIED: 0, SIGNAL_SIGTERM: 1, SIGNAL_SIGKILL: 2 } },
      SignalRequest: { fields: { exec_id: { type: "string", id: 1 }, signal: { type: "Signal", id: 2 } } },
    },
  };
  const definition = fromJSON(schema as Schema, {
    keepCase: true,
    oneofs: true,
    defaults: true,
    enums: String,
  });
  const agent = loadPackageDefinition(definition).Agent;
  if (typeof agent !== "function") throw new Error("the schema has no service");
  return agent.service;
}
