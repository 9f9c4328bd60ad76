import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SandboxError } from "@nanoclaw/sandbox";

const run = promisify(execFile);
const callMs = 30_000;
const longestList = 16 * 1_048_576;

export interface BaseImageQuery {
  /** `TART_BASE_IMAGE`, or what the policy says instead. */
  readonly name: string;
  /** Default: `tart`. */
  readonly program?: string;
  /** Default: `TART_HOME`, then `~/.tart`. */
  readonly home?: string;
  readonly signal?: AbortSignal;
}

/** `pullable`: not here, and it is called like an image of a registry, which the first run fetches. */
export type BaseImageState = "there" | "running" | "pullable" | "missing";

/**
 * Whether Tart has the base image: exactly of this name, as `tart list` tells it to programs. A text for people has the
 * source in front, and another machine's name may contain this one.
 *
 * @throws SandboxError `engine_unavailable` when Tart does not answer.
 */
export async function findBaseImage(query: BaseImageQuery): Promise<BaseImageState> {
  const { name, program = "tart", home, signal } = query;
  let text: string;
  try {
    const { stdout } = await run(program, ["list", "--format", "json"], {
      env: { ...process.env, ...(home && { TART_HOME: home }) },
      timeout: callMs,
      maxBuffer: longestList,
      signal,
    });
    text = stdout;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SandboxError("engine_unavailable", `${program} did not list its machines.`, {
      cause,
      hint: `Run: ${program} list`,
    });
  }
  return baseImageState(name, text);
}

/** The same from what `tart list --format json` printed. */
export function baseImageState(name: string, listed: string): BaseImageState {
  const rows = parseRows(listed);
  const local = rows.find((row) => !isRemote(row) && row.Name === name);
  if (local) return local.State === "running" || local.Running === true ? "running" : "there";
  const reference = /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
  if (rows.some((row) => isRemote(row) && row.Name === reference)) return "there";
  return name.includes("/") ? "pullable" : "missing";
}

interface Row {
  readonly Source?: unknown;
  readonly Name?: unknown;
  readonly State?: unknown;
  readonly Running?: unknown;
}

function isRemote({ Source }: Row): boolean {
  return String(Source).toLowerCase() === "oci";
}

function parseRows(text: string): Row[] {
  try {
    const rows: unknown = JSON.parse(text);
    if (Array.isArray(rows)) return rows.filter((row) => typeof row === "object" && row !== null);
  } catch {
    // Told below, like any other text that is no list.
  }
  throw new SandboxError("adapter_fault", "tart list gave something else than a list.", {
    hint: "Look at it: tart list --format json",
  });
}
