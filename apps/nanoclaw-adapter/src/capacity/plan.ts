import { type Demand, keyOf } from "./demand.js";
import { groupOf, type Ticket } from "./ticket.js";
import { inFairOrder, type Turns } from "./turns.js";

/** Who may begin now, and what keeps the others. */
export interface Plan {
  readonly starts: readonly Ticket[];
  readonly waits: readonly Wait[];
}

export interface Wait {
  readonly ticket: Ticket;
  /** From 1, among all that wait. */
  readonly position: number;
  /** The limits that are reached, with what is taken of them. Empty: an earlier run of its own group waits. */
  readonly lacking: readonly Lack[];
}

export interface Lack extends Demand {
  /** By runs, and by those ahead in the queue for whom it is set aside. */
  readonly taken: number;
}

/**
 * Goes through the queue in fair order and lets begin whoever fits. The first that lacks something has all that it needs
 * set aside: whoever comes after may begin beside it and never instead of it, so that a large need is not overtaken for
 * ever. Others who lack only the same have nothing set aside, as they cannot come sooner in any case: ten who wait for
 * one of two macOS guests do not take ten times their memory from the rest.
 */
export function planStarts(running: readonly Ticket[], waiting: readonly Ticket[], turns: Turns): Plan {
  const taken = new Map<string, number>();
  const take = ({ demands }: Ticket) => {
    for (const demand of demands) taken.set(keyOf(demand), takenOf(demand) + demand.amount);
  };
  const takenOf = (demand: Demand) => taken.get(keyOf(demand)) ?? 0;
  running.forEach(take);
  const starts: Ticket[] = [];
  const waits: Wait[] = [];
  const contested = new Set<string>();
  const held = new Set<string>();
  for (const [index, ticket] of inFairOrder(waiting, turns).entries()) {
    const group = groupOf(ticket);
    const lacking = ticket.demands
      .map((demand) => ({ ...demand, taken: takenOf(demand) }))
      .filter(({ taken, amount, most }) => exceeds(taken + amount, most));
    if (lacking.length === 0 && !held.has(group)) {
      take(ticket);
      starts.push(ticket);
      continue;
    }
    waits.push({ ticket, position: index + 1, lacking: held.has(group) ? [] : lacking });
    if (held.has(group)) continue;
    held.add(group);
    if (lacking.every((demand) => contested.has(keyOf(demand)))) continue;
    for (const demand of lacking) contested.add(keyOf(demand));
    take(ticket);
  }
  return { starts, waits };
}

/** What a need asks of more than there is at all. */
export function beyondLimits(demands: readonly Demand[]): Demand[] {
  return demands.filter(({ amount, most }) => exceeds(amount, most));
}

/** Three times 0.1 CPU are 0.3 CPUs. */
function exceeds(amount: number, most: number): boolean {
  return amount > most + 1e-9;
}
