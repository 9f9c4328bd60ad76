import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Parsed } from "@nanoclaw/emulator-base";
import { DRAIN_MS } from "../container/streams.js";
import { ContainerFailure } from "../failures.js";
import type { ServiceConnection } from "./client.js";
import type { StreamRequest } from "./protocol.js";

/** What the service needs to hand on the end of outputs that it has cut off at the limit. */
const MARGIN_MS = 500;

/** The streams of a process that ends up in this program's own. */
export class AttachedClient {
  readonly request: StreamRequest;
  private readonly flushed: Promise<unknown>;

  private constructor(request: StreamRequest, stdout: Socket, stderr: Socket) {
    this.request = request;
    this.flushed = Promise.all([copy(stdout, process.stdout), copy(stderr, process.stderr)]);
  }

  /**
   * Connects this program's output to a process that is to be started, and with `--interactive` its input.
   *
   * @throws A `ContainerFailure` where a terminal is to be handed on and there is none (row 55 of §14).
   */
  static async connect(service: ServiceConnection, parsed: Parsed): Promise<AttachedClient> {
    const interactive = parsed.flag("interactive");
    if (interactive && parsed.flag("tty") && !process.stdin.isTTY) {
      throw new ContainerFailure("internalError", "Terminal: Inappropriate ioctl for device");
    }
    // The guest's terminal makes of keys what is to be made of them.
    if (interactive && parsed.flag("tty")) process.stdin.setRawMode(true);
    const request = { token: randomUUID(), stdin: interactive, output: true };
    const [stdout, stderr] = await Promise.all([
      service.openStream("stdout", request.token),
      service.openStream("stderr", request.token),
    ]);
    if (interactive) feed(await service.openStream("stdin", request.token));
    return new AttachedClient(request, stdout, stderr);
  }

  /**
   * Waits for the end of the process, and for the rest of its output to be taken.
   *
   * @throws A `ContainerFailure` where nobody takes it within three seconds (apple-container.md §2.3).
   */
  async finish(service: ServiceConnection, processId: string, failure: string): Promise<number> {
    const { exitCode } = await service.call("containerWait", { processId });
    const late = new AbortController();
    const limit = delay(DRAIN_MS + MARGIN_MS, "late", { signal: late.signal });
    if ((await Promise.race([this.flushed, limit])) === "late") {
      throw new ContainerFailure("internalError", `${failure}CancellationError()`);
    }
    late.abort();
    limit.catch(() => undefined);
    return exitCode;
  }
}

/** For a process that nobody is attached to. */
export function detached(): StreamRequest {
  return { token: randomUUID(), stdin: false, output: false };
}

/** The end of our input, or of this program, is the end of the process's. */
function feed(target: Socket): void {
  // The process may end before its input does.
  target.on("error", () => target.destroy());
  target.resume();
  process.stdin.on("error", () => target.end());
  process.stdin.pipe(target);
}

/** To the end of the source, also where nobody reads any more. */
async function copy(source: Socket, target: Writable): Promise<void> {
  const open = { target: true };
  let resume: () => void = () => undefined;
  const broken = () => {
    open.target = false;
    resume();
  };
  target.on("error", broken);
  target.on("drain", () => resume());
  try {
    for await (const chunk of source) {
      if (!open.target || target.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    }
  } catch {
    // The service has gone, which is told where its answer is awaited.
  }
  // Not its end: what goes wrong is still to be told there.
  if (open.target) {
    await new Promise<void>((resolve) => {
      resume = resolve;
      target.write("", () => resolve());
    });
  }
}
