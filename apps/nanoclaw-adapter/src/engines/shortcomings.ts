import type { Capabilities, Limits } from "@nanoclaw/sandbox";
import { isAtLeast } from "@nanoclaw/sandbox/adapter";
import { isolationOf } from "../policy/isolation.js";
import type { Runtime } from "../runtime.js";

/** What a run asks of its engine. */
interface Wishes {
  readonly network: "open" | "none";
  readonly limits: Limits;
  readonly image?: string;
}

/** What an engine that is there cannot do of what is asked, each as part of a sentence: `cannot limit pidCount`. */
export function shortcomings(runtime: Runtime, capabilities: Capabilities, wishes: Wishes): string[] {
  const { isolation, limits, network, images } = capabilities;
  const wall = isolationOf[runtime];
  const unlimited = Object.entries(wishes.limits)
    .filter(([name, value]) => value !== undefined && !limits[name as keyof Limits])
    .map(([name]) => name);
  return [
    ...(isAtLeast(isolation, wall) ? [] : [`isolates by ${isolation} here, and ${wall} is its wall`]),
    ...(unlimited.length > 0 ? [`cannot limit ${unlimited.join(", ")} here`] : []),
    ...(network[wishes.network] ? [] : [`has no network that is "${wishes.network}"`]),
    ...(wishes.image === undefined || images ? [] : ["has no images"]),
  ];
}
