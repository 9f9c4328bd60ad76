import type {
  ContainerConfiguration,
  ContainerSnapshot,
  ProcessConfiguration,
} from "../container/configuration.js";
import type { ContainerUsage } from "../container/usage.js";
import type { FailureRecord } from "../failures.js";

/** Which of its streams a client is going to connect; the others are closed for the process. */
export interface StreamRequest {
  /** The client's own name for them, as unlikely to be another's as a UUID. */
  readonly token: string;
  readonly stdin: boolean;
  /** Standard output and standard error. */
  readonly output: boolean;
}

/** What clients ask the service for: the parameters and the answer of each route. */
export interface Routes {
  readonly ping: { parameters: Record<string, never>; answer: { pid: number } };
  readonly containerList: { parameters: Record<string, never>; answer: ContainerSnapshot[] };
  readonly containerCreate: {
    parameters: { configuration: ContainerConfiguration; imageRoot: string; autoRemove: boolean };
    answer: null;
  };
  /** `processId` names the first process of this start, for `containerWait`. */
  readonly containerBootstrap: {
    parameters: { id: string; streams: StreamRequest };
    answer: { processId: string };
  };
  readonly containerStartProcess: { parameters: { id: string }; answer: null };
  readonly containerExec: {
    parameters: { id: string; process: ProcessConfiguration; streams: StreamRequest };
    answer: { processId: string };
  };
  /** Answers when the process has ended. */
  readonly containerWait: { parameters: { processId: string }; answer: { exitCode: number } };
  readonly containerStop: {
    parameters: { id: string; signal?: number; graceMs: number };
    answer: null;
  };
  readonly containerKill: { parameters: { id: string; signal: number }; answer: null };
  readonly containerDelete: { parameters: { id: string; force: boolean }; answer: null };
  /** Null for one that does not run. */
  readonly containerStats: { parameters: { id: string }; answer: ContainerUsage | null };
  /** `direction`: into the container or out of it. The answer is the path that was written to. */
  readonly containerCopy: {
    parameters: { id: string; source: string; destination: string; direction: "in" | "out" };
    answer: { path: string };
  };
  /** The paths of what the first process writes, and of what the machine says. */
  readonly containerLogs: { parameters: { id: string }; answer: { output: string; boot: string } };
  /** The directory with the container's own files. */
  readonly containerRoot: { parameters: { id: string }; answer: { root: string } };
  /** Ends all containers, and answers with their ids; then the service ends. */
  readonly shutDown: { parameters: Record<string, never>; answer: string[] };
}

export type RouteName = keyof Routes;

/** One line from a client. */
export type Request = {
  [Name in RouteName]: {
    route: Name;
    /** The command that asks, which faults are named after. */
    command: string;
    parameters: Routes[Name]["parameters"];
  };
}[RouteName];

/** One line to a client. */
export type Reply = { readonly answer: unknown } | { readonly failure: FailureRecord };

/** The first line of a connection that is one stream of a process; what follows is the stream. */
export interface StreamHeader {
  readonly stream: keyof StreamNames;
  readonly token: string;
}

interface StreamNames {
  stdin: true;
  stdout: true;
  stderr: true;
}
