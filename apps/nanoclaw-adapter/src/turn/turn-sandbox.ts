import type { AgentProfile } from "../agents/profile.js";
import type { Group } from "../group.js";
import { type GroupSandbox, type Host, openGroupSandbox } from "../run/group-sandbox.js";
import type { Runtime } from "../runtime.js";
import { groupMounts } from "./group-mounts.js";
import type { GroupAgentOptions } from "./options.js";

const guestHome = "/home/node";

export interface TurnSandboxOptions {
  readonly host: Host;
  readonly group: Group;
  readonly options: GroupAgentOptions;
  readonly name: string;
  readonly profile: AgentProfile;
  readonly secrets: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  tell(notice: string): void;
}

/** The sandbox that a turn needs: the group's mounts, where its agent looks for them, and its environment. */
export async function openTurnSandbox(turn: TurnSandboxOptions): Promise<GroupSandbox> {
  const { host, group, name, profile, secrets, signal, tell, options } = turn;
  const { mode = { kind: "protocol" }, user, keepSessions = true } = options;
  const isProtocol = mode.kind === "protocol";
  return await openGroupSandbox(host, {
    group,
    name,
    user,
    signal,
    onEvent: (event) => {
      if (event.type === "warning" || event.type === "cleanup-failed") tell(event.message);
    },
    prepare: async ({ runtime }, provider) => {
      const workspace = workspaceOf(runtime, isProtocol);
      const target = isProtocol ? `${guestHome}/.claude` : `${workspace}/state`;
      const directory = isProtocol ? ".claude" : profile.state.directory;
      const { mounts, notices } = await groupMounts({
        installation: host.installation,
        group,
        provider,
        workspace,
        state: keepSessions ? { directory, target } : undefined,
        agentRunner: isProtocol,
      });
      for (const notice of notices) tell(notice);
      const env: Record<string, string> = isProtocol ? { HOME: guestHome } : { ...profile.environment };
      if (!isProtocol && keepSessions) for (const variable of profile.state.variables) env[variable] = target;
      if (process.env.TZ) env.TZ = process.env.TZ;
      Object.assign(env, options.env);
      // By the protocol they are in its input, and in no environment.
      return { mounts, env, secrets: isProtocol ? undefined : secrets };
    },
  });
}

/** `/workspace` is NanoClaw's own. macOS does not let a guest make it, and agents that stand alone do not need it. */
export function workspaceOf(runtime: Runtime, isProtocol: boolean): string {
  return runtime === "tart" && !isProtocol ? "/tmp/workspace" : "/workspace";
}
