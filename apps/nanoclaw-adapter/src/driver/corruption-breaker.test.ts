import { expect, test } from "vitest";
import { CorruptionBreaker } from "./corruption-breaker.js";
import { LastLines } from "./last-lines.js";

const damaged = "Error: in prepare, database disk image is malformed (11)";

test("ten complaints in a row break a session once, and a word of anything else between them does not", () => {
  let broken = 0;
  const breaker = new CorruptionBreaker(() => broken++);
  for (let times = 0; times < 9; times++) breaker.line(damaged);
  breaker.line("polling");
  for (let times = 0; times < 9; times++) breaker.line(damaged);
  breaker.line("");
  expect(broken).toBe(0);
  for (let times = 0; times < 5; times++) breaker.line(damaged);
  expect(broken).toBe(1);
});

test("the last lines of an agent are kept, whole ones and few, and without what is not to be told", () => {
  const seen: string[] = [];
  const lines = new LastLines((line) => seen.push(line));
  const text = Buffer.from(
    `${Array.from({ length: 30 }, (_, line) => `line ${line}`).join("\n")}\nby placeholder-1 ü`,
  );
  for (const byte of text) lines.add(Uint8Array.of(byte));
  expect(seen).toHaveLength(30);
  expect(lines.told(["placeholder-1", "by"])).toEqual([
    ...Array.from({ length: 9 }, (_, line) => `line ${line + 21}`),
    "by [hidden] ü",
  ]);
  lines.add(Buffer.alloc(1_000_000, "x"));
  expect(lines.told([]).at(-1)).toHaveLength(2_000);
});
