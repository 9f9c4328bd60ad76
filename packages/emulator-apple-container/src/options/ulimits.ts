import { refuse } from "./refuse.js";
import { split } from "./split.js";

/** A limit of a process. 2⁶⁴−1 is none. */
export interface Rlimit {
  readonly limit: string;
  readonly soft: number;
  readonly hard: number;
}

const types = [
  ...[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
  ],
  ...["rttime", "sigpending", "stack"],
];

const UNLIMITED = 2n ** 64n - 1n;

/** `TYPE=SOFT[:HARD]` (apple-container.md §4.2). */
export function rlimitsOf(texts: readonly string[]): Rlimit[] {
  const limits: Rlimit[] = [];
  for (const text of texts) {
    const limit = rlimitOf(text);
    if (limits.some((other) => other.limit === limit.limit)) {
      refuse(`duplicate ulimit type: ${split(text, "=")[0]}`);
    }
    limits.push(limit);
  }
  return limits;
}

function rlimitOf(text: string): Rlimit {
  const [typeText, values] = split(text, "=", 1);
  const badFormat = `invalid ulimit format '${text}': expected <type>=<soft>[:<hard>]`;
  if (typeText === undefined || values === undefined) refuse(badFormat);
  const type = typeText.toLowerCase();
  if (!types.includes(type)) {
    refuse(`unsupported ulimit type '${type}': valid types are ${types.join(", ")}`);
  }
  const [softText, hardText] = split(values, ":", 1);
  if (softText === undefined) refuse(badFormat);
  const soft = limitValueOf(softText, type);
  const hard = hardText === undefined ? soft : limitValueOf(hardText, type);
  if (soft > hard) refuse(`ulimit '${type}' soft limit (${soft}) cannot exceed hard limit (${hard})`);
  return { limit: `RLIMIT_${type.toUpperCase()}`, soft: Number(soft), hard: Number(hard) };
}

function limitValueOf(text: string, type: string): bigint {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "unlimited" || trimmed === "-1") return UNLIMITED;
  if (!/^\+?\d+$/.test(trimmed) || BigInt(trimmed) > UNLIMITED) {
    refuse(`invalid ulimit value '${text}' for '${type}': must be a non-negative integer or 'unlimited'`);
  }
  return BigInt(trimmed);
}
