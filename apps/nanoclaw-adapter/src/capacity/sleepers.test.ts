import { afterEach, expect, test, vi } from "vitest";
import { Sleepers } from "./sleepers.js";
import type { Ticket } from "./ticket.js";

afterEach(() => vi.restoreAllMocks());

function at(nowMs: number): void {
  vi.spyOn(performance, "now").mockReturnValue(nowMs);
}

const ticket = (id: string) => ({ id }) as Ticket;
const stopped = ticket("stopped");
const other = ticket("other");

test("who leaves its turn for ten seconds is passed by, until it is gone", () => {
  const sleepers = new Sleepers();
  at(0);
  sleepers.note([stopped], [stopped, other]);
  at(9_999);
  expect(sleepers.awake([stopped, other])).toEqual([stopped, other]);
  at(10_000);
  expect(sleepers.awake([stopped, other])).toEqual([other]);
  sleepers.note([], [stopped, other]);
  expect(sleepers.awake([stopped, other])).toEqual([other]);
});

test("who only could have begun now and then is awake", () => {
  const sleepers = new Sleepers();
  at(0);
  sleepers.note([stopped], [stopped]);
  at(5_000);
  sleepers.note([], [stopped]);
  sleepers.note([stopped], [stopped]);
  at(12_000);
  expect(sleepers.awake([stopped])).toEqual([stopped]);
});
