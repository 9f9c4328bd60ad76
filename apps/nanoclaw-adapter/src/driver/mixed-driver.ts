import { join } from "node:path";
import {
  listSandboxes,
  probeEngine,
  removeSandbox,
  SandboxError,
  type SandboxEvent,
  type SandboxProvider,
  type SandboxSummary,
} from "@nanoclaw/sandbox";
import { mountInGuest } from "../mounts/guest-mounts.js";
import type { MountPlan } from "../mounts/mount-plan.js";
import type { Choice } from "../policy/decision.js";
import type { Router } from "../policy/router.js";
import { type GroupSandbox, type Host, openGroupSandbox } from "../run/group-sandbox.js";
import { withHostAddress } from "../run/host-alias.js";
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
import { agreeOnTime } from "./guest-clock.js";
import { keyOf, keyWord, sessionLabels, sessionName } from "./labels.js";
import { OwnSession } from "./own-session.js";
import { decisionFor, limitsFor } from "./session-decision.js";
import { failureError, failureOf, specInvalid } from "./session-failure.js";
import { sessionMounts } from "./session-mounts.js";
import { Watches } from "./watches.js";

/** For asking an engine what it has, in milliseconds. */
const listMs = 15_000;

/** Sessions of NanoClaw, each in the engine that its group's policy asks for. */
export class MixedDriver implements SessionDriver {
  readonly kind = "mixed";
  readonly #host: Host;
  readonly #engines: readonly Runtime[];
  readonly #policy: MountPolicy;
  readonly #log: DriverLog;
  readonly #watches = new Watches();
  readonly #sessions = new Map<string, OwnSession>();
  readonly #preparing = new Map<string, Promise<SessionHandle>>();

  constructor(host: Host, engines: readonly Runtime[], policy: MountPolicy) {
    this.#host = host;
    this.#engines = engines;
    this.#policy = policy;
    this.#log = new DriverLog(join(host.installation.stateDirectory, "driver.log"));
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
      return await this.#prepare(checked, before);
    } catch (error) {
      const { sessionId, agentGroupId } = checked.spec.key;
      throw failureError(failureOf(error, this.#log, { session: sessionId, group: agentGroupId }));
    } finally {
      // Who reads a reference finds it in the log.
      await this.#log.written();
    }
  }

  async #prepare(checked: CheckedSpec, before: OwnSession | undefined): Promise<SessionHandle> {
    const { spec, agent, folder } = checked;
    // One writer at a time: what is left of the session before has to be gone.
    if (before !== undefined && !before.isOver) await before.stop("it begins anew");
    const { router } = this.#host;
    // The policy knows best what the tier means for the group; what it makes of it is looked at below.
    const registered = spec.runtimeTier === "vm" ? { runtimeTier: spec.runtimeTier } : undefined;
    const decided = await router.decide({ folder, registered });
    for (const { source, asked, kept } of decided.attempts) {
      this.#log.write("lowering-attempt", { group: folder, source, asked, kept });
    }
    const decision = decisionFor(decided, spec, this.#engines);
    const choice = await router.choose(decision);
    const provider = await router.provider(choice.runtime);
    const { capabilities } = provider;
    if (spec.runtimeTier === "vm" && capabilities.isolation !== "vm") {
      throw specInvalid(
        `runtimeTier 'vm' is asked for, and ${choice.runtime} isolates by ${capabilities.isolation}`,
      );
    }
    const plan = await sessionMounts(agent.mounts, this.#policy, capabilities);
    const { limits, unrealized } = limitsFor(choice.decision.limits, spec.resources, capabilities);
    if (unrealized.length > 0) {
      this.#log.write("unrealized", {
        session: spec.key.sessionId,
        runtime: choice.runtime,
        resources: unrealized,
      });
    }
    const user = userFor(spec, choice.runtime, capabilities.users);
    const final = { ...choice, decision: { ...choice.decision, limits } };
    return await this.#open({ checked, choice: final, provider, plan, user });
  }

  async #open(prepared: Prepared): Promise<SessionHandle> {
    try {
      return await this.#create(prepared);
    } catch (error) {
      if (!SandboxError.is(error, "already_exists")) throw error;
      // The name is the key's: a session that another program runs is this one, and one that nobody runs goes.
      const { key } = prepared.checked.spec;
      const { provider, choice } = prepared;
      const all = await listSandboxes(provider, { timeoutMs: listMs });
      const there = all.find(({ labels }) => isSame(keyOf(labels, key.installSlug), key));
      if (there === undefined) throw error;
      if (phaseOf(there) === "running" && there.owner.pid !== process.pid) {
        return this.#found(key, there, choice.runtime, provider);
      }
      await removeSandbox(provider, there.id);
      return await this.#create(prepared);
    }
  }

  async #create({ checked, choice, provider, plan, user }: Prepared): Promise<OwnSession> {
    const { spec, agent, argv, labels } = checked;
    const { key } = spec;
    const name = sessionName(key);
    const { contributedEnv = {} } = agent;
    const early: SandboxEvent[] = [];
    let session: OwnSession | undefined;
    const group = await openGroupSandbox(this.#hostFor(key, choice, provider), {
      group: { folder: checked.folder },
      name,
      image: imageFor(choice.runtime, agent.image),
      labels,
      mounts: plan.mounts,
      env: without(agent.env, contributedEnv),
      user,
      onEvent: (event) => (session === undefined ? void early.push(event) : session.heard(event)),
    });
    try {
      const env = await this.#setUp(group, checked, plan);
      session = new OwnSession({
        key,
        name,
        group,
        argv,
        env,
        stopGraceMs: spec.stopGraceSeconds * 1000,
        log: this.#log,
        execSpec: (command) => attachCommand(choice.runtime, provider, group.sandbox.id, command),
        onEnd: (ended) => this.#ended(ended),
      });
    } catch (error) {
      await group.close("failed");
      throw error;
    }
    this.#sessions.set(keyWord(key), session);
    for (const event of early) session.heard(event);
    this.#watches.tell({ key, kind: "phase" });
    return session;
  }

  /** What the guest needs before its agent: places for its mounts, the time, and a way to the host. */
  async #setUp(
    group: GroupSandbox,
    { spec, agent }: CheckedSpec,
    plan: MountPlan,
  ): Promise<Record<string, string>> {
    const { sandbox, choice } = group;
    const about = { session: spec.key.sessionId, runtime: choice.runtime };
    await mountInGuest(sandbox, plan.inGuest);
    if (sandbox.capabilities.isolation === "vm") {
      const correctedMs = await agreeOnTime(sandbox);
      if (correctedMs !== 0) this.#log.write("clock-corrected", { ...about, correctedMs });
    }
    const wanted = { ...agent.env, ...agent.contributedEnv };
    const { env, unknown } = await withHostAddress(sandbox, wanted, gatewayNames(spec));
    if (unknown.length > 0) this.#log.write("host-not-found", { ...about, names: unknown });
    return env;
  }

  #ended(session: OwnSession): void {
    const word = keyWord(session.key);
    if (this.#sessions.get(word) === session) this.#sessions.delete(word);
    this.#watches.tell({ key: session.key, kind: "terminal" });
  }

  /** With what was decided for this session, under the host's name for its installation. */
  #hostFor({ installSlug }: SessionKey, choice: Choice, provider: SandboxProvider): Host {
    const router: Router = {
      decide: async () => choice.decision,
      choose: async () => choice,
      provider: async () => provider,
    };
    const { installation, capacity } = this.#host;
    return { installation: { ...installation, slug: installSlug }, router, capacity };
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

interface Prepared {
  readonly checked: CheckedSpec;
  readonly choice: Choice;
  readonly provider: SandboxProvider;
  readonly plan: MountPlan;
  readonly user: string | undefined;
}

interface Listed {
  readonly provider: SandboxProvider;
  readonly sandboxes: readonly SandboxSummary[];
}

/** Engines whose images are the ones that NanoClaw builds. Others have the policy's, or the adapter's own. */
function imageFor(runtime: Runtime, image: string): string | undefined {
  return runtime === "docker" || runtime === "container" ? image : undefined;
}

/**
 * Where the engine chooses users, the one that is asked for. Elsewhere the guest reaches shared files with the rights of
 * the user who runs NanoClaw, so that this one alone can be had.
 */
function userFor({ runAs }: SessionSpec, runtime: Runtime, users: boolean): string | undefined {
  if (runAs === undefined) return undefined;
  if (users) return `${runAs.uid}:${runAs.gid}`;
  if (runAs.uid === process.getuid?.()) return undefined;
  throw specInvalid(
    `runAs ${runAs.uid} cannot be had on ${runtime}, where files are reached as ${process.getuid?.()}`,
  );
}

/** Its endpoint may be a name, with a scheme and a port around it. */
function gatewayNames({ networkAccess: access }: SessionSpec): string[] {
  if (access?.target.kind !== "host") return [];
  return [access.endpoint.replace(/^[a-z]+:\/\//i, "").replace(/[:/].*$/, "")];
}

function without(
  env: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in others)));
}

function isSame(one: SessionKey | undefined, other: SessionKey): boolean {
  return one !== undefined && keyWord(one) === keyWord(other);
}
