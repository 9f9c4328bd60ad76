/**
 * The guest agent's messages in the wire form of Protocol Buffers, as far as they are used here. Field numbers are
 * the agent's (`Agent/Exec`); fields that are not known are skipped, as agents of any age may send others.
 */

export interface AgentCommand {
  readonly name: string;
  readonly args: readonly string[];
  /** Standard input is a pipe that this side feeds; otherwise it is empty. */
  readonly interactive: boolean;
  readonly tty: boolean;
  readonly terminalSize?: AgentTerminalSize;
  /** Not known to agents before 0.10. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface AgentTerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export type ExecRequest =
  | { readonly command: AgentCommand }
  | { readonly standardInput: Uint8Array }
  | { readonly terminalResize: AgentTerminalSize };

export type ExecResponse =
  | { readonly exitCode: number }
  | { readonly standardOutput: Buffer }
  | { readonly standardError: Buffer }
  /** Agents after 0.11 send it first. */
  | { readonly execId: string }
  | Record<string, never>;

export function encodeExecRequest(request: ExecRequest): Buffer {
  if ("standardInput" in request) return message(2, field(1, request.standardInput));
  if ("terminalResize" in request) return message(3, terminalSize(request.terminalResize));
  const { name, args, interactive, tty, terminalSize: size, env = {} } = request.command;
  return message(
    1,
    field(1, name),
    // An empty argument is an argument, so it is written though proto3 leaves out empty fields.
    ...args.map((argument) => field(2, argument)),
    ...(interactive ? [number(3, 1)] : []),
    ...(tty ? [number(4, 1)] : []),
    ...(size ? [message(5, terminalSize(size))] : []),
    ...Object.entries(env).map(([key, value]) => message(7, field(1, key), field(2, value))),
  );
}

/** @throws RangeError on bytes that are no message. */
export function decodeExecResponse(bytes: Buffer): ExecResponse {
  let response: ExecResponse = {};
  for (const [tag, value] of fields(bytes)) {
    if (typeof value === "number") continue;
    const first = [...fields(value)].find(([inner]) => inner === 1)?.[1];
    if (tag === 1) response = { exitCode: typeof first === "number" ? first | 0 : 0 };
    else if (tag === 2) response = { standardOutput: Buffer.isBuffer(first) ? first : empty };
    else if (tag === 3) response = { standardError: Buffer.isBuffer(first) ? first : empty };
    else if (tag === 4) response = { execId: Buffer.isBuffer(first) ? first.toString() : "" };
  }
  return response;
}

const empty = Buffer.alloc(0);

function terminalSize({ rows, columns }: AgentTerminalSize): Buffer {
  return Buffer.concat([number(1, rows), number(2, columns)]);
}

function message(tag: number, ...parts: Buffer[]): Buffer {
  return field(tag, Buffer.concat(parts));
}

function field(tag: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as Uint8Array);
  return Buffer.concat([varint((tag << 3) | 2), varint(bytes.length), bytes]);
}

function number(tag: number, value: number): Buffer {
  return Buffer.concat([varint(tag << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Numbers beyond 32 bits keep their lower part: negative exit codes come so. */
function* fields(bytes: Buffer): Generator<[tag: number, value: number | Buffer]> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("A message of the guest agent is cut off.");
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError("A message of the guest agent is cut off.");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = next();
    const kind = key & 7;
    if (kind === 0) yield [key >>> 3, next()];
    else if (kind === 1) take(8);
    else if (kind === 2) yield [key >>> 3, take(next())];
    else if (kind === 5) take(4);
    else throw new RangeError(`A message of the guest agent has a field of kind ${kind}.`);
  }
}
