import { join } from "node:path";
import {
  listSandboxes,
  probeEngine,
  removeSandbox,
  SandboxError,
  type SandboxProvider,
  type SandboxSummary,
} from "@nanoclaw/sandbox";
import type { Host } from "../run/group-sandbox.js";
import type { Runtime } from "../runtime.js";
import { capabilitiesOf } from "./abilities.js";
import { attachCommand } from "./attach-command.js";
import { type CheckedSpec, checkSpec } from "./check-spec.js";
import type {
  DriverCapabilities,
  MountPolicy,
  SessionDriver,
  SessionEvent,
  SessionHandle,
  SessionKey,
  SessionSnapshot,
  SessionSpec,
  SessionWatch,
} from "./contract.js";
import { DriverLog } from "./driver-log.js";
import { FoundSession, phaseOf } from "./found-session.js";
import { keyOf, keyWord, sessionLabels } from "./labels.js";
import type { OwnSession } from "./own-session.js";
import { failureError, failureOf } from "./session-failure.js";
import { listMs, SessionMaker } from "./session-maker.js";
import { Watches } from "./watches.js";

/** Sessions of NanoClaw, each in the engine that its group's policy asks for. */
export class MixedDriver implements SessionDriver {
  readonly kind = "mixed";
  readonly #host: Host;
  readonly #engines: readonly Runtime[];
  readonly #policy: MountPolicy;
  readonly #log: DriverLog;
  readonly #maker: SessionMaker;
  readonly #watches = new Watches();
  readonly #sessions = new Map<string, OwnSession>();
  readonly #preparing = new Map<string, Promise<SessionHandle>>();

  constructor(host: Host, engines: readonly Runtime[], policy: MountPolicy) {
    this.#host = host;
    this.#engines = engines;
    this.#policy = policy;
    this.#log = new DriverLog(join(host.installation.stateDirectory, "driver.log"));
    this.#maker = new SessionMaker({
      host,
      engines,
      policy,
      log: this.#log,
      found: (...found) => this.#found(...found),
      made: (session) => this.#made(session),
      ended: (session) => this.#ended(session),
    });
  }

  capabilities(): DriverCapabilities {
    return capabilitiesOf(this.#engines);
  }

  /** @throws `runtime-unavailable` when none of the engines is there. */
  async ensureReady(): Promise<void> {
    const found = await Promise.all(this.#engines.map((runtime) => this.#isThere(runtime)));
    await this.#log.written();
    if (!found.includes(true)) throw failureError({ kind: "runtime-unavailable", retryable: true });
  }

  async prepare(spec: SessionSpec): Promise<SessionHandle> {
    const checked = checkSpec(spec, this.#policy, this.capabilities());
    const word = keyWord(spec.key);
    const live = this.#sessions.get(word);
    if (live !== undefined && !live.isOver && !live.isStopping) return live;
    const others = this.#preparing.get(word);
    if (others !== undefined) return await others;
    const preparing = this.#prepareOnce(checked, live).finally(() => this.#preparing.delete(word));
    this.#preparing.set(word, preparing);
    return await preparing;
  }

  async listSessions(installSlug: string): Promise<SessionSnapshot[]> {
    const lists = await Promise.all(
      this.#engines.map(async (runtime) => ({ runtime, listed: await this.#list(runtime) })),
    );
    if (lists.every(({ listed }) => listed === undefined)) {
      throw failureError({ kind: "runtime-unavailable", retryable: true });
    }
    const own = [...this.#sessions.values()].filter(({ key }) => key.installSlug === installSlug);
    const snapshots: SessionSnapshot[] = own.map((handle) => ({ handle, phase: handle.phase }));
    for (const { runtime, listed } of lists) {
      for (const sandbox of listed?.sandboxes ?? []) {
        const key = keyOf(sandbox.labels, installSlug);
        if (key === undefined || listed === undefined) continue;
        if (own.some(({ sandboxId }) => sandboxId === sandbox.id)) continue;
        // One that is being prepared here is not running, whatever its engine says.
        const phase = this.#preparing.has(keyWord(key)) ? "starting" : phaseOf(sandbox);
        snapshots.push({ handle: this.#found(key, sandbox, runtime, listed.provider), phase });
      }
    }
    return snapshots;
  }

  watchSessions(installSlug: string, onEvent: (event: SessionEvent) => void): SessionWatch {
    return this.#watches.listen(installSlug, onEvent);
  }

  /** Removes what dead programs have left of this installation, sessions or not, and of no other. */
  async reapResidue(installSlug: string): Promise<void> {
    await Promise.all(
      this.#engines.map(async (runtime) => {
        const listed = await this.#list(runtime).catch(() => undefined);
        for (const sandbox of listed?.sandboxes ?? []) {
          if (listed === undefined || sandbox.labels[sessionLabels.install] !== installSlug) continue;
          if (phaseOf(sandbox) !== "terminal") continue;
          await removeSandbox(listed.provider, sandbox.id).catch((error: unknown) => {
            if (SandboxError.is(error, "sandbox_not_found")) return;
            this.#log.writeError(error, { runtime, sandbox: sandbox.id });
          });
        }
      }),
    );
  }

  async #prepareOnce(checked: CheckedSpec, before: OwnSession | undefined): Promise<SessionHandle> {
    try {
      // One writer at a time: what is left of the session before has to be gone.
      if (before !== undefined && !before.isOver) await before.stop("it begins anew");
      return await this.#maker.make(checked);
    } catch (error) {
      const { sessionId, agentGroupId } = checked.spec.key;
      throw failureError(failureOf(error, this.#log, { session: sessionId, group: agentGroupId }));
    } finally {
      // Who reads a reference finds it in the log.
      await this.#log.written();
    }
  }

  #made(session: OwnSession): void {
    this.#sessions.set(keyWord(session.key), session);
    this.#watches.tell({ key: session.key, kind: "phase" });
  }

  #ended(session: OwnSession): void {
    const word = keyWord(session.key);
    if (this.#sessions.get(word) === session) this.#sessions.delete(word);
    this.#watches.tell({ key: session.key, kind: "terminal" });
  }

  #found(
    key: SessionKey,
    sandbox: SandboxSummary,
    runtime: Runtime,
    provider: SandboxProvider,
  ): FoundSession {
    const execSpec = (command: readonly string[]) => attachCommand(runtime, provider, sandbox.id, command);
    const found = new FoundSession({ key, sandbox, provider, log: this.#log, execSpec });
    const lives = async () => {
      const { phase } = await found.status();
      return phase === "running" || phase === "preparing";
    };
    if (phaseOf(sandbox) !== "terminal") this.#watches.watch({ key, lives });
    return found;
  }

  /** The sandboxes on an engine; undefined where there is no such engine. */
  async #list(runtime: Runtime): Promise<Listed | undefined> {
    try {
      const provider = await this.#host.router.provider(runtime);
      return { provider, sandboxes: await listSandboxes(provider, { timeoutMs: listMs }) };
    } catch (error) {
      if (SandboxError.is(error, "adapter_missing") || SandboxError.is(error, "engine_unavailable"))
        return undefined;
      const failure = failureOf(error, this.#log, { runtime });
      await this.#log.written();
      throw failureError(failure);
    }
  }

  async #isThere(runtime: Runtime): Promise<boolean> {
    try {
      const { available, problems } = await probeEngine(await this.#host.router.provider(runtime));
      if (!available) this.#log.write("engine-not-there", { runtime, problems });
      return available;
    } catch (error) {
      this.#log.writeError(error, { runtime });
      return false;
    }
  }
}

interface Listed {
  readonly provider: SandboxProvider;
  readonly sandboxes: readonly SandboxSummary[];
}
