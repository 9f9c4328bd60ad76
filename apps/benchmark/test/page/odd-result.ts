import type { Series } from "../../src/measurement.js";
import { resultOf, seriesOf } from "../../src/report/result-of.js";
import type { RunResult } from "../../src/result.js";

/** What would run if a name were taken for HTML, in a text, in an attribute or in the page's data. */
export const attack = `</script><script>alert(1)</script>"'><img src=x onerror=alert(2)> & <!--`;
export const oddEngine = `a "b" <c> é 日本`;
/** More than there are accents. */
export const crowd = ["one", "two", "three", "four", "five", "six", "seven"];

/** No run gives this: names that mean harm, a crowd, one sample, none, only zeros, less than zero, phases, an emulator. */
export function oddResult(): RunResult {
  const on = (engine: string, series: Series): Series => ({ ...series, engine });
  const all: Series[] = [
    { ...seriesOf("sandbox", "cold-start", "first-output", range(40, 120)), contenderTitle: attack },
    ...crowd.map((name, index) =>
      seriesOf(
        name,
        "cold-start",
        "first-output",
        range(30, 100 * (index + 1)).map((value) => value ** 1.5),
      ),
    ),
    ...["phase-create", "phase-start", "phase-made", "phase-first-command"].map((metric, index) =>
      seriesOf("sandbox", "cold-start", metric, range(12, 10 * (index + 1))),
    ),
    on(oddEngine, seriesOf("sandbox", "cold-start", "first-output", [5])),
    seriesOf("one", "cold-start", "phase-made", range(12, 77)),
    // An engine that does not tell all of the parts.
    on(oddEngine, seriesOf("sandbox", "cold-start", "phase-create", [2])),
    {
      ...seriesOf("sandbox", "a scenario of tomorrow", "growth", [-4e6, 0, 3e6, 9e6], "bytes"),
      title: attack,
    },
    {
      ...seriesOf("one", "a scenario of tomorrow", "growth", [], "bytes"),
      title: attack,
      failures: [{ round: 0, message: attack }],
    },
    seriesOf("sandbox", "residue", "left", [0, 0, 0, 0], "count"),
    seriesOf("sandbox", "slow-reader", "growth", [], "bytes"),
    on("toy", seriesOf("sandbox", "cold-start", "first-output", range(10, 7))),
  ];
  const made = resultOf(all);
  const contenders = ["sandbox", ...crowd].map((id) => ({
    id,
    title: id === "sandbox" ? attack : id,
    role: id === "sandbox" ? ("sandbox" as const) : ("baseline" as const),
    versions: { [attack]: "1" },
  }));
  return {
    ...made,
    engines: [
      { label: "docker", version: attack, details: { [attack]: attack }, contenders },
      { label: oddEngine, details: {}, contenders: contenders.slice(0, 1) },
      { label: "toy", details: {}, emulated: "A toy stands in for it.", contenders: contenders.slice(0, 1) },
      { label: "tart", details: {}, absent: attack, contenders: [] },
    ],
  };
}

function range(count: number, around: number): number[] {
  return Array.from({ length: count }, (_, index) => around * (0.7 + ((index * 37) % 60) / 100));
}
