import type { Agent } from "./agent.js";

/** What one message of an agent's stream says. Unknown messages say nothing. */
export interface AgentNews {
  readonly sessionId?: string;
  /** `append` to the answer so far, or `replace` it. */
  readonly text?: { readonly value: string; readonly how: "append" | "replace" };
  /** The turn is over, and the answer complete. */
  readonly finished?: boolean;
  /** The agent's own words for a turn that failed. */
  readonly error?: string;
}

export interface AgentCommandOptions {
  /** Of the turn before, checked. Absent: a new conversation. */
  readonly sessionId?: string;
  /** For agents that take an id for a new conversation instead of telling one. */
  readonly newSessionId: string;
}

/**
 * How a command line program is asked and understood, in whichever engine. The prompt goes to its standard input,
 * always: no agent here needs it as an argument.
 */
export interface AgentProfile {
  readonly agent: Agent;
  /** The program, and the version whose command line and stream this profile was written for. */
  readonly verified: {
    readonly program: string;
    readonly version: string;
    /** `executed`: its command line was run. `documentation`: it was read about only. */
    readonly by: "executed" | "documentation";
  };
  /** Names of the only secrets that it may see unless a policy names others. */
  readonly secrets: readonly string[];
  /** It does not skip its permission prompts for root. */
  readonly refusesRoot: boolean;
  /** Where its conversations live: name below `data/sessions/<folder>`, and the variables that lead it there. */
  readonly state: {
    readonly directory: string;
    readonly variables: readonly string[];
  };
  /** Added to its environment. Nothing here is secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** The argument list, the program's name first. */
  command(options: AgentCommandOptions): readonly string[];
  /** What a message says. Pure. */
  read(message: Readonly<Record<string, unknown>>): AgentNews;
  /** True where nothing in the stream says that the turn is over: its exit with 0 does, after an answer. */
  readonly finishesByExit: boolean;
  /** True when a new conversation has the id that it was given, which its stream does not tell. */
  readonly takesNewSessionId: boolean;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
