import {
  listSandboxes,
  removeSandbox,
  SandboxError,
  type SandboxEvent,
  type SandboxProvider,
  type SandboxSummary,
} from "@nanoclaw/sandbox";
import type { MountPlan } from "../mounts/mount-plan.js";
import type { Choice } from "../policy/decision.js";
import type { Router } from "../policy/router.js";
import { type Host, openGroupSandbox } from "../run/group-sandbox.js";
import { holdToLimits } from "../run/run-limits.js";
import { hasDockerImages, type Runtime } from "../runtime.js";
import { attachCommand } from "./attach-command.js";
import type { CheckedSpec } from "./check-spec.js";
import type { MountPolicy, SessionHandle, SessionKey, SessionSpec } from "./contract.js";
import type { DriverLog } from "./driver-log.js";
import { phaseOf } from "./found-session.js";
import { setUpGuest } from "./guest-setup.js";
import { keyOf, keyWord, sessionName } from "./labels.js";
import { OwnSession } from "./own-session.js";
import { decisionFor, limitsFor } from "./session-decision.js";
import { specInvalid } from "./session-failure.js";
import { sessionMounts } from "./session-mounts.js";

/** For asking an engine what it has, in milliseconds. */
export const listMs = 15_000;

export interface SessionMakerOptions {
  readonly host: Host;
  readonly engines: readonly Runtime[];
  readonly policy: MountPolicy;
  readonly log: DriverLog;
  /** A sandbox of this key that another program runs. */
  found(key: SessionKey, sandbox: SandboxSummary, runtime: Runtime, provider: SandboxProvider): SessionHandle;
  /** The session is there, before anything that its sandbox tells. */
  made(session: OwnSession): void;
  ended(session: OwnSession): void;
}

/** Makes the session of a specification: what policy decides for it, its sandbox, and what its agent finds in there. */
export class SessionMaker {
  readonly #options: SessionMakerOptions;

  constructor(options: SessionMakerOptions) {
    this.#options = options;
  }

  /** @throws whatever of it fails; nothing is left then. */
  async make(checked: CheckedSpec): Promise<SessionHandle> {
    const { spec, agent, folder } = checked;
    const { host, engines, policy, log } = this.#options;
    const { router } = host;
    // The policy knows best what the tier means for the group; what it makes of it is looked at below.
    const registered = spec.runtimeTier === "vm" ? { runtimeTier: spec.runtimeTier } : undefined;
    const decided = await router.decide({ folder, registered });
    for (const { source, asked, kept } of decided.attempts) {
      log.write("lowering-attempt", { group: folder, source, asked, kept });
    }
    const decision = decisionFor(decided, spec, engines);
    const choice = await router.choose(decision);
    const provider = await router.provider(choice.runtime);
    const { capabilities } = provider;
    if (spec.runtimeTier === "vm" && capabilities.isolation !== "vm") {
      throw specInvalid(
        `runtimeTier 'vm' is asked for, and ${choice.runtime} isolates by ${capabilities.isolation}`,
      );
    }
    const plan = await sessionMounts(agent.mounts, {
      policy,
      installation: host.installation,
      capabilities,
    });
    const { limits, unrealized } = limitsFor(choice.decision.limits, spec.resources, capabilities);
    if (unrealized.length > 0) {
      log.write("unrealized", {
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
        return this.#options.found(key, there, choice.runtime, provider);
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
    const directory = agent.mounts.find(({ containerPath }) => containerPath === "/workspace")?.hostPath;
    const limited = { line: "v2", folder: checked.folder, session: directory } as const;
    const early: SandboxEvent[] = [];
    let session: OwnSession | undefined;
    const group = await openGroupSandbox(this.#hostFor(key, choice, provider), {
      group: { folder: checked.folder },
      name,
      image: hasDockerImages(choice.runtime) ? agent.image : undefined,
      labels,
      mounts: plan.mounts,
      env: without(agent.env, contributedEnv),
      user,
      onEvent: (event) => (session === undefined ? void early.push(event) : session.heard(event)),
    });
    try {
      const env = await setUpGuest(group, checked, plan, this.#options.log);
      session = new OwnSession({
        key,
        name,
        group,
        argv,
        env,
        stopGraceMs: spec.stopGraceSeconds * 1000,
        limits: (onPassed) => holdToLimits(limited, choice.decision, onPassed),
        log: this.#options.log,
        execSpec: (command) => attachCommand(choice.runtime, provider, group.sandbox.id, command),
        onEnd: (ended) => this.#options.ended(ended),
      });
    } catch (error) {
      await group.close("failed");
      throw error;
    }
    this.#options.made(session);
    for (const event of early) session.heard(event);
    return session;
  }

  /** With what was decided for this session, under the host's name for its installation. */
  #hostFor({ installSlug }: SessionKey, choice: Choice, provider: SandboxProvider): Host {
    const router: Router = {
      decide: async () => choice.decision,
      choose: async () => choice,
      provider: async () => provider,
    };
    const { installation, capacity } = this.#options.host;
    return { installation: { ...installation, slug: installSlug }, router, capacity };
  }
}

interface Prepared {
  readonly checked: CheckedSpec;
  readonly choice: Choice;
  readonly provider: SandboxProvider;
  readonly plan: MountPlan;
  readonly user: string | undefined;
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

function without(
  env: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in others)));
}

function isSame(one: SessionKey | undefined, other: SessionKey): boolean {
  return one !== undefined && keyWord(one) === keyWord(other);
}
