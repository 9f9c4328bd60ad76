import { groupOf, type Ticket } from "./ticket.js";

/** Who was served when, counted in turns and not by a clock. */
export interface Turns {
  /** The number of the latest arrival. */
  readonly sequence: number;
  readonly turn: number;
  /** The latest turn of each group. */
  readonly of: Readonly<Record<string, number>>;
}

export const noTurns: Turns = { sequence: 0, turn: 0, of: {} };

/** More groups than an installation has. Whoever was served longest ago counts as never served. */
const REMEMBERED_GROUPS = 1_000;

/**
 * The queue: whichever group was served longest ago comes next, with its oldest run. A group with a hundred runs and one
 * with a single run take turns.
 */
export function inFairOrder(waiting: readonly Ticket[], turns: Turns): Ticket[] {
  const queues = new Map<string, Ticket[]>();
  for (const ticket of [...waiting].sort((a, b) => a.sequence - b.sequence)) {
    const queue = queues.get(groupOf(ticket));
    if (queue) queue.push(ticket);
    else queues.set(groupOf(ticket), [ticket]);
  }
  const served = new Map([...queues.keys()].map((group) => [group, turns.of[group] ?? 0]));
  const order: Ticket[] = [];
  for (let { turn } = turns; queues.size > 0; ) {
    const [group, queue] = [...queues].reduce((best, each) => (isBefore(each, best) ? each : best));
    order.push(...queue.splice(0, 1));
    turn += 1;
    served.set(group, turn);
    if (queue.length === 0) queues.delete(group);
  }
  return order;

  function isBefore(
    [group, [first]]: [string, Ticket[]],
    [other, [otherFirst]]: [string, Ticket[]],
  ): boolean {
    const difference = (served.get(group) ?? 0) - (served.get(other) ?? 0);
    return (difference || (first?.sequence ?? 0) - (otherFirst?.sequence ?? 0)) < 0;
  }
}

/** After a run of this group has begun. */
export function served(turns: Turns, group: string): Turns {
  const turn = turns.turn + 1;
  const all = Object.entries({ ...turns.of, [group]: turn });
  const of = all.sort(([, a], [, b]) => b - a).slice(0, REMEMBERED_GROUPS);
  return { ...turns, turn, of: Object.fromEntries(of) };
}

export function parseTurns(text: string): Turns | undefined {
  try {
    const { sequence, turn, of } = JSON.parse(text) as Record<string, unknown>;
    if (!Number.isSafeInteger(sequence) || !Number.isSafeInteger(turn)) return undefined;
    if (typeof of !== "object" || of === null || !Object.values(of).every(Number.isSafeInteger))
      return undefined;
    return { sequence, turn, of } as Turns;
  } catch {
    return undefined;
  }
}
