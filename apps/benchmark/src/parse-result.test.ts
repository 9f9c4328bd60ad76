import { expect, test } from "vitest";
import { parseResult } from "./parse-result.js";
import { resultOf, seriesOf } from "./report/result-of.js";

const result = {
  ...resultOf([seriesOf("sandbox", "destroy", "time", [1, 2])]),
  engines: resultOf([]).engines.slice(0, 1),
};

test("a result is read back as it was written", () => {
  expect(parseResult(JSON.stringify(result))).toEqual(result);
});

test("a property that a later version adds does no harm", () => {
  const later = { ...result, weather: "fine", series: result.series.map((one) => ({ ...one, colour: 1 })) };
  expect(parseResult(JSON.stringify(later))).toEqual(later);
});

test.each([
  ["", "not JSON"],
  ["[]", "not a result"],
  ["null", "not a result"],
  ['{"format":"other"}', "not a result"],
  [JSON.stringify({ ...result, formatVersion: 99 }), "another version"],
  [JSON.stringify(result).slice(0, -200), "cut off"],
])("what is no result is refused: %.40s", (text, message) => {
  expect(() => parseResult(text)).toThrow(message);
});

test("wherever a value is lost or of another kind, the place is named", () => {
  const places = placesOf(result).filter(([first]) => first !== "format" && first !== "formatVersion");
  const optional = new Set(["absent"]);
  const kept = [];
  for (const place of places) {
    const last = place.at(-1) ?? "";
    for (const change of ["lost", "of another kind"] as const) {
      // A list may have one item less, what the engine told freely may be empty, and versions have any names.
      const isFree = typeof last === "number" || optional.has(String(last)) || place.includes("versions");
      if (change === "lost" && isFree) continue;
      const text = JSON.stringify(damaged(result, place, change));
      try {
        parseResult(text);
        kept.push(`${place.join("/")} ${change}`);
      } catch (error) {
        expect(String(error)).toMatch(/damaged: \/.+/);
      }
    }
  }
  expect(places.length).toBeGreaterThan(50);
  expect(kept).toEqual([]);
});

type Place = Array<string | number>;

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const inner = (value as Record<string | number, unknown>)[key];
    return [[key], ...placesOf(inner).map((place) => [key, ...place])];
  });
}

function damaged(value: unknown, place: Place, change: "lost" | "of another kind"): unknown {
  const copy = structuredClone(value);
  let holder = copy as Record<string | number, never>;
  for (const key of place.slice(0, -1)) holder = holder[key] as never;
  const last = place.at(-1) ?? "";
  if (change === "lost") delete holder[last];
  else holder[last] = { unexpected: [] } as never;
  return copy;
}
