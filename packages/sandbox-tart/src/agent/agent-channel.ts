import {
  type Client,
  type ClientDuplexStream,
  status as codes,
  Metadata,
  type StatusObject,
} from "@grpc/grpc-js";
import type { TerminalSize } from "@nanoclaw/sandbox/adapter";
import type { Channel, ChannelListener } from "../guest/channel.js";
import { callFailure } from "./failures.js";
import {
  type AgentCommand,
  decodeExecResponse,
  type ExecRequest,
  type ExecResponse,
  encodeExecRequest,
} from "./messages.js";

/** One call of the agent's `Exec`: a process in the guest. */
export class AgentChannel implements Channel {
  /** Only later agents give one; it comes before any output. */
  execId: string | undefined;
  /** Done when the agent has told that the process runs, or the call is over. */
  readonly answered: Promise<void>;
  readonly #answer: () => void;
  readonly #call: ClientDuplexStream<ExecRequest, ExecResponse>;
  readonly #listener: ChannelListener;
  #exitCode: number | undefined;
  #status: StatusObject | undefined;
  #outputEnded = false;
  #over = false;

  constructor(client: Client, command: AgentCommand, listener: ChannelListener) {
    this.#listener = listener;
    let answer = (): void => undefined;
    this.answered = new Promise((resolve) => {
      answer = resolve;
    });
    this.#answer = answer;
    // A connection that was idle has been closed by the agent: the call waits for the next one.
    const metadata = new Metadata({ waitForReady: true });
    this.#call = client.makeBidiStreamRequest<ExecRequest, ExecResponse>(
      "/Agent/Exec",
      encodeExecRequest,
      decodeExecResponse,
      metadata,
    );
    this.#call.on("data", (response: ExecResponse) => this.#onResponse(response));
    // The status follows and tells the same.
    this.#call.on("error", () => undefined);
    this.#call.on("status", (status: StatusObject) => {
      this.#status = status;
      if (status.code !== codes.OK) this.#listener.broken(callFailure(status));
      this.#finish();
    });
    this.#call.on("end", () => {
      this.#outputEnded = true;
      this.#finish();
    });
    this.#call.write({ command });
  }

  write(data: Uint8Array, done: (error?: Error | null) => void): void {
    // An empty piece would be the end of input.
    if (this.#over || data.length === 0) done();
    else this.#call.write({ standardInput: data }, done);
  }

  /** Agents up to 0.11 take an empty piece for the end, and not the end of the requests; later ones take both. */
  endInput(): void {
    if (!this.#over && !this.#status) this.#call.write({ standardInput: new Uint8Array() });
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  resize({ rows, columns }: TerminalSize): void {
    if (!this.#over) this.#call.write({ terminalResize: { rows, columns } });
  }

  cancel(): void {
    if (this.#over) return;
    this.#call.cancel();
    this.#call.resume();
  }

  #onResponse(response: ExecResponse): void {
    if ("standardOutput" in response) this.#listener.data("stdout", response.standardOutput as Buffer);
    else if ("standardError" in response) this.#listener.data("stderr", response.standardError as Buffer);
    else if ("execId" in response) {
      this.execId = response.execId as string;
      this.#answer();
    } else if ("exitCode" in response) this.#exitCode = response.exitCode as number;
  }

  /** The status may come while output still waits to be read. */
  #finish(): void {
    if (this.#over || !this.#status || !this.#outputEnded) return;
    this.#over = true;
    const failed = this.#status.code !== codes.OK;
    this.#listener.end(failed ? { error: callFailure(this.#status) } : { exitCode: this.#exitCode });
    this.#answer();
  }
}
