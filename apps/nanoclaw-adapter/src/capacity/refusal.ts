import { SandboxError } from "@nanoclaw/sandbox";
import type { Owner } from "@nanoclaw/sandbox/adapter";
import { type Demand, describeLimit, keyOf, settingOf } from "./demand.js";
import type { RunningTicket } from "./places.js";
import type { Plan } from "./plan.js";
import type { Need } from "./slot.js";
import type { Ticket } from "./ticket.js";

/** A need that no waiting can meet. */
export function neverMet({ folder, runtime }: Need, demands: readonly Demand[]): SandboxError {
  const beyond = demands.map(
    (each) => `${describeLimit(each)}: it needs ${each.amount} of at most ${each.most}`,
  );
  const message = `The group ${folder} can never get a place in ${runtime}: ${beyond.join("; ")}.`;
  const settings = [...new Set(demands.map(settingOf))].join(" and ");
  return new SandboxError("resource_exhausted", message, {
    operation: "admit",
    retryable: false,
    hint: `Lower what the group's policy asks for, or raise ${settings}.`,
  });
}

/** The time in the queue is over. */
export function queueTimeout(
  ticket: Ticket,
  timeoutMs: number,
  { waits }: Plan,
  running: readonly RunningTicket[],
): SandboxError {
  const own = waits.find((wait) => wait.ticket.id === ticket.id);
  const lacking = own?.lacking ?? [];
  const reasons = lacking.map((lack) => {
    const holders = running.filter(({ demands }) => demands.some((each) => keyOf(each) === keyOf(lack)));
    const held = holders.map((each) => describeHolder(each, ticket)).join(", ");
    const taken = Number(lack.taken.toFixed(2));
    return `${describeLimit(lack)}: ${taken} of ${lack.most} taken, ${lack.amount} needed${held && `; held by ${held}`}`;
  });
  if (reasons.length === 0) reasons.push("an earlier run of the same group waits too");
  const where = own ? `, at position ${own.position} of ${waits.length}` : "";
  const message = `The group ${ticket.folder} waited ${timeoutMs} ms for a place in ${ticket.runtime}${where}. ${reasons.join(". ")}.`;
  const settings = [...new Set(lacking.map(settingOf))].join(" or ");
  return new SandboxError("resource_exhausted", message, {
    operation: "admit",
    hint: `Try again later, let runs wait longer${settings && `, or raise ${settings}`}. \`nanoclaw-sandbox status\` shows who runs and who waits.`,
  });
}

/** Nobody let go of the lock, which is otherwise held for a moment. */
export function lockTimeout({ pid }: Owner): SandboxError {
  return new SandboxError(
    "resource_exhausted",
    `The queue cannot be entered: process ${pid} holds its lock.`,
    {
      operation: "admit",
      hint: "It may have been stopped. Continue it or end it.",
    },
  );
}

export function aborted(cause: unknown): SandboxError {
  return new SandboxError("aborted", "The wait for a place was given up.", { operation: "admit", cause });
}

function describeHolder({ folder, runtime, owner, root, installation }: Ticket, asker: Ticket): string {
  const elsewhere = installation === asker.installation ? "" : ` of ${root}`;
  return `${folder}${elsewhere} (${runtime}, process ${owner.pid})`;
}
