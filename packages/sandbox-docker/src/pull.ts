import { addAbortSignal } from "node:stream";
import { type CallContext, SandboxError } from "@nanoclaw/sandbox/adapter";
import { storedCredentials } from "./credentials.js";
import type { Surroundings } from "./endpoint.js";
import { type Engine, statusOf } from "./engine.js";
import { pullFailed } from "./failures.js";
import { parseImage } from "./image.js";
import { jsonLines } from "./json-lines.js";
import type { RegistryAuth } from "./options.js";

/** Progress is told this often at most, in milliseconds. */
const progressEveryMs = 250;

/** One line of what the engine tells while it pulls. */
export interface PullLine {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** Pulls an image with progress events. Rejects with `image_not_found` whatever the registry's reason was. */
export async function pullImage(
  engine: Engine,
  image: string,
  options: { readonly platform?: string; readonly auth?: RegistryAuth; readonly surroundings: Surroundings },
  { signal, emit }: CallContext,
): Promise<void> {
  const { repository, tag, registry } = parseImage(image);
  const { platform, surroundings } = options;
  const auth = options.auth ?? (await storedCredentials(registry, surroundings, signal));
  emit({ type: "progress", phase: "pull", message: `Pulling ${image}` });
  try {
    const wanted = { fromImage: repository, tag, platform };
    const stream = await engine.pullImage(wanted, auth && engineAuth(auth), signal);
    const progress = new PullProgress();
    let told = performance.now();
    for await (const line of jsonLines<PullLine>(addAbortSignal(signal, stream))) {
      if (line.error !== undefined) throw pullFailed(image, line.error);
      progress.add(line);
      if (performance.now() - told < progressEveryMs) continue;
      told = performance.now();
      emit({ type: "progress", phase: "pull", message: `Pulling ${image}`, ...progress.bytes });
    }
    emit({ type: "progress", phase: "pull", message: `Pulled ${image}`, ...progress.bytes });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!SandboxError.is(error)) throw engine.failure(error);
    const status = statusOf(error);
    const refusedByRegistry = status !== undefined && status !== 401 && status !== 403;
    throw refusedByRegistry ? pullFailed(image, error.message) : error;
  }
}

/** The engine's own spelling. */
function engineAuth({ username, password, serverAddress, identityToken }: RegistryAuth): object {
  return { username, password, serveraddress: serverAddress, identitytoken: identityToken };
}

/** Adds up what the engine tells of each layer. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  add({ status, id, progressDetail }: PullLine): void {
    if (id === undefined) return;
    const layer = this.#layers.get(id);
    if (status === "Downloading" && progressDetail?.total) {
      this.#layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    } else if (layer && (status === "Download complete" || status === "Pull complete")) {
      layer.current = layer.total;
    }
  }

  /** Bytes of all layers known so far; nothing before the first is. */
  get bytes(): { current: number; total: number } | Record<string, never> {
    if (this.#layers.size === 0) return {};
    const sum = { current: 0, total: 0 };
    for (const { current, total } of this.#layers.values()) {
      sum.current += current;
      sum.total += total;
    }
    return sum;
  }
}
