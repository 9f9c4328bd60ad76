import { randomBytes } from "node:crypto";
import { SandboxError } from "./contract/error.js";
import type { SandboxProvider } from "./contract/provider.js";
import type { CreateRequest } from "./contract/request.js";
import type { CreateOptions } from "./create-options.js";
import { abortable } from "./internal/abortable.js";
import { checkCreate } from "./internal/check-create.js";
import { checkProvider } from "./internal/check-provider.js";
import { settleMs, withDeadline } from "./internal/deadline.js";
import { guardian } from "./internal/guardian.js";
import { laneCommand } from "./internal/main-shell.js";
import { thisOwner } from "./internal/owner.js";
import { asSandboxError, type Emit, emitter, Session } from "./internal/session.js";
import { Sandbox } from "./sandbox.js";

const createMs = 300_000;
/** For taking back a create that failed, whatever is left of the caller's time. */
const cleanupMs = 15_000;

/**
 * Creates a sandbox and returns it ready. When it fails or is aborted, nothing is left (G2). It ends with this
 * program, however that ends, unless `lifetime` says otherwise (G3).
 *
 * @throws SandboxError `invalid_argument` and `unsupported` before anything is made; `engine_unavailable`,
 * `image_not_found`, `timeout`, `aborted` and others from the engine.
 */
export async function createSandbox(
  provider: SandboxProvider,
  options: CreateOptions = {},
): Promise<Sandbox> {
  checkProvider(provider);
  const { secrets, ...checked } = await checkCreate(provider.name, provider.capabilities, options);
  const owner = await thisOwner();
  const id = `sandbox-${randomBytes(8).toString("hex")}`;
  const { lifetime } = checked;
  const request: CreateRequest = {
    ...checked,
    id,
    owner,
    expiresAt: lifetime === "owner" ? undefined : Date.now() + lifetime.ttlMs,
    mainCommand:
      provider.capabilities.commands === "shell" ? laneCommand(provider.shell ?? "/bin/sh", "main") : [],
  };
  const emit = emitter(provider.name, id, options.onEvent);
  const started = performance.now();
  emit({ type: "operation-start", operation: "create" });
  try {
    const session = await withDeadline(
      {
        operation: "create",
        timeoutMs: options.timeoutMs ?? createMs,
        signal: options.signal,
        settleMs: settleMs + cleanupMs,
      },
      (signal) => make(provider, request, secrets, emit, signal),
    );
    emit({ type: "operation-end", operation: "create", durationMs: performance.now() - started });
    return new Sandbox(session);
  } catch (error) {
    const fault = asSandboxError(error).with({ operation: "create", sandboxId: id });
    const durationMs = performance.now() - started;
    emit({ type: "operation-end", operation: "create", durationMs, error: fault.code });
    throw fault;
  }
}

async function make(
  provider: SandboxProvider,
  request: CreateRequest,
  secrets: Readonly<Record<string, string>>,
  emit: Emit,
  signal: AbortSignal,
): Promise<Session> {
  const { id, owner, lifetime } = request;
  const { recovery } = provider;
  if (recovery && !guardian.announce(id, { recovery, installation: owner.installation })) {
    emit({
      type: "warning",
      message:
        "No guardian could be started: after a SIGKILL during create something may be left to collectGarbage.",
    });
  }
  let session: Session | undefined;
  const creating = provider.create(request, { signal, emit });
  try {
    const driver = await abortable(creating, signal);
    emit({ type: "progress", phase: "ready", message: "The sandbox runs and becomes ready." });
    guardian.made(id);
    session = new Session({
      provider,
      driver,
      name: request.name,
      created: true,
      ports: request.ports,
      memoryLimited: request.limits.memoryMiB !== undefined,
      ownedByThis: lifetime === "owner",
      secrets,
      emit,
    });
    await session.open(signal);
    if (lifetime !== "owner") {
      await session.letGo(lifetime.ttlMs);
      guardian.forget(id);
    }
    signal.throwIfAborted();
    return session;
  } catch (error) {
    const settled = creating.then(
      () => true,
      () => true,
    );
    const wedged = !(await abortable(settled, AbortSignal.timeout(settleMs)).catch(() => false));
    // An engine that does not answer would hold up this rejection: it is cleaned up when it answers, by the
    // guardian at the latest.
    const done = settled.then(() => takeBack(provider, request, session, emit, error));
    if (wedged) done.catch(() => undefined);
    else await done;
    throw error;
  }
}

/** Removes whatever a failed create has made. */
async function takeBack(
  provider: SandboxProvider,
  { id, owner }: CreateRequest,
  session: Session | undefined,
  emit: Emit,
  cause: unknown,
): Promise<void> {
  try {
    await withDeadline({ operation: "create", timeoutMs: cleanupMs }, async (signal) => {
      if (session) await session.destroy({ signal });
      await provider.remove(id, owner.installation, { signal, emit });
    });
    guardian.forget(id);
  } catch (error) {
    // An engine that is not there has made nothing. If it went away in between, the guardian knows what to look for.
    if (SandboxError.is(cause, "engine_unavailable") && SandboxError.is(error, "engine_unavailable")) return;
    emit({ type: "cleanup-failed", message: asSandboxError(error).message });
    const fault = asSandboxError(cause);
    throw new SandboxError(fault.code, `${fault.message} What was made for it could not be removed.`, {
      cause: new AggregateError([cause, error]),
      hint: "Run collectGarbage, or `sandbox gc`, when the engine answers again.",
      sandboxId: id,
    });
  }
}
