import { type Agent, agents } from "../agents/agent.js";
import { isRuntime, type Runtime } from "../runtime.js";

/**
 * What a place that an agent can write to says of its group: heard where it raises a wall or shortens a time, told
 * where it does not.
 */
export interface Claim {
  /** File or database column, as a person finds it. */
  readonly source: string;
  readonly runtime?: Runtime;
  /** `runtimeTier: "vm"` of the newest NanoClaw: any virtual machine. */
  readonly wantsVm?: boolean;
  /** It asks for no sandbox at all, in this word. */
  readonly noSandbox?: string;
  /** Why something there was not heard, as a sentence. */
  readonly trouble?: string;
  readonly timeoutMs?: number;
}

const noSandbox: ReadonlySet<unknown> = new Set(["none", "host", "native", "process", "off"]);
/** Shorter than this no turn of an agent can be, longer no timer. */
const [leastMs, mostMs] = [1_000, 2 ** 31 - 1];

/** Reads NanoClaw's `containerConfig`, of which only `runtime`, `runtimeTier` and `timeout` matter here. */
export function claimOf(source: string, containerConfig: unknown): Claim {
  const config = typeof containerConfig === "string" ? parse(containerConfig) : containerConfig;
  if (config === undefined || config === null) return { source };
  if (typeof config !== "object" || Array.isArray(config)) {
    return { source, trouble: "containerConfig is no object of JSON." };
  }
  const parts = [
    timeoutOf(own(config, "timeout")),
    tierOf(own(config, "runtimeTier") ?? own(config, "runtime_tier")),
    runtimeOf(own(config, "runtime")),
  ];
  const trouble = parts.flatMap((part) => part.trouble ?? []).join(" ");
  return { source, ...parts[0], ...parts[1], ...parts[2], trouble: trouble || undefined };
}

/** The value of a key that the object itself has. */
export function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function runtimeOf(value: unknown): Partial<Claim> {
  if (value === undefined || value === null) return {};
  if (isRuntime(value)) return { runtime: value };
  if (agents.includes(value as Agent)) {
    return {
      trouble:
        `${value} is an agent, and no runtime. Which agent answers is said by "agent" in the policy file, or by ` +
        "AGENT_RUNTIME.",
    };
  }
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
  const trouble = `There is no runtime ${shown}.`;
  return noSandbox.has(value) ? { noSandbox: String(value), trouble } : { trouble };
}

/** The other tier, "container", is everybody's default and asks for nothing. */
function tierOf(value: unknown): Partial<Claim> {
  if (value === "vm") return { wantsVm: true };
  if (value === undefined || value === null || value === "container") return {};
  return { trouble: 'Its runtimeTier is neither "container" nor "vm".' };
}

function timeoutOf(value: unknown): Partial<Claim> {
  if (value === undefined || value === null) return {};
  const good = Number.isSafeInteger(value) && (value as number) >= leastMs && (value as number) <= mostMs;
  if (good) return { timeoutMs: value as number };
  return { trouble: `Its timeout is no whole number of milliseconds from ${leastMs} to ${mostMs}.` };
}

function parse(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Told by the type: it is a text still.
    return text;
  }
}
