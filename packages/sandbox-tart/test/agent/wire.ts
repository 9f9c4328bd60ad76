/** The other side of the guest agent's messages, written for itself so that a slip on one side shows. */

export interface Command {
  readonly name: string;
  readonly args: string[];
  readonly interactive: boolean;
}

export type Request = { readonly command: Command } | { readonly input: Buffer } | { readonly other: number };

type Parts = Map<number, (Buffer | bigint)[]>;

function parse(bytes: Buffer): Parts {
  const parts: Parts = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    let value: Buffer | bigint = varint();
    if (key % 8 === 2) {
      const from = at;
      at += Number(value);
      value = bytes.subarray(from, at);
    } else if (key % 8 !== 0) throw new Error(`kind ${key % 8}`);
    parts.set(key >> 3, [...(parts.get(key >> 3) ?? []), value]);
  }
  return parts;
}

export function decodeRequest(bytes: Buffer): Request {
  const [[tag, [value]]] = [...parse(bytes)] as [[number, [Buffer]]];
  const inner = parse(value);
  if (tag === 2) return { input: (inner.get(1)?.[0] as Buffer | undefined) ?? Buffer.alloc(0) };
  if (tag !== 1) return { other: tag };
  const command = {
    name: String(inner.get(1)?.[0]),
    args: (inner.get(2) ?? []).map(String),
    interactive: inner.get(3)?.[0] === 1n,
  };
  return { command };
}

function varintOf(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const wrapped = (tag: number, bytes: Buffer): Buffer =>
  Buffer.concat([varintOf(BigInt(tag * 8 + 2)), varintOf(BigInt(bytes.length)), bytes]);

export const responses = {
  exit: (code: number) => wrapped(1, Buffer.concat([varintOf(8n), varintOf(BigInt(code))])),
  stdout: (data: Buffer) => wrapped(2, wrapped(1, data)),
  stderr: (data: Buffer) => wrapped(3, wrapped(1, data)),
  started: (id: string) => wrapped(4, wrapped(1, Buffer.from(id))),
};
