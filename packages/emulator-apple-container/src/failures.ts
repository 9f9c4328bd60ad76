/** The kinds of errors that the program knows (apple-container.md §2.4). */
export type FailureCode =
  | "unknown"
  | "invalidArgument"
  | "internalError"
  | "exists"
  | "notFound"
  | "cancelled"
  | "invalidState"
  | "empty"
  | "timeout"
  | "unsupported"
  | "interrupted";

/** What is known of an error, as it goes from the service to a client. */
export interface FailureRecord {
  readonly code: FailureCode;
  readonly message: string;
  /** What led to it; a text for an error of the system, which has no code. */
  readonly cause?: FailureRecord | string;
}

/** An error of the program: exit code 1, and `Error: ` before its text. */
export class ContainerFailure extends Error {
  override readonly name = "ContainerFailure";

  constructor(
    readonly code: FailureCode,
    message: string,
    override readonly cause?: FailureRecord | string,
  ) {
    super(message);
  }
}

/** What went wrong with several containers: a line for each. */
export class AggregateFailure extends Error {
  override readonly name = "AggregateFailure";

  constructor(readonly failures: readonly FailureRecord[]) {
    super(failures.map(describe).join("\n"));
  }
}

/** With its code, as a cause and in lists: `notFound: "…" (cause: "…")`. */
export function describe({ code, message, cause }: FailureRecord): string {
  return `${code}: "${message}"${causeText(cause)}`;
}

/** What stands after `Error: `: the outermost code is not told. */
export function textOf(error: unknown): string {
  const described = error instanceof ContainerFailure ? describe(error) : messageOf(error);
  if (described.includes("XPC connection error")) {
    return `${described}\nEnsure container system service has been started with \`container system start\`.`;
  }
  return error instanceof ContainerFailure ? `${error.message}${causeText(error.cause)}` : described;
}

/** What every call says while the service is down. */
export function serviceIsDown(): ContainerFailure {
  return new ContainerFailure("interrupted", "XPC connection error: Connection invalid");
}

/** What a call says whose service died before it had answered. */
export function connectionIsLost(): ContainerFailure {
  return new ContainerFailure("interrupted", "XPC connection error: Connection interrupted");
}

/** What a call says that the service does not answer in time: `containerList`, `networkList`, `ping`. */
export function timedOut(route: string): ContainerFailure {
  return new ContainerFailure("timeout", `XPC timeout for request to com.apple.container.apiserver/${route}`);
}

/** Whether a call to the system failed for this reason. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function causeText(cause: FailureRecord | string | undefined): string {
  if (cause === undefined) return "";
  return ` (cause: "${typeof cause === "string" ? cause : describe(cause)}")`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
