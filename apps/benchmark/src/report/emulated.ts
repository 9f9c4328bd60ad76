import type { RunResult } from "../result.js";

/**
 * The result as reports may show it. Figures of an emulator say nothing of the engine that it stands in for: they are
 * left out with the reason in their place, or, where they are asked for, marked in the engine's name, which every
 * figure stands beside.
 */
export function showable(result: RunResult, options: { readonly includeEmulated: boolean }): RunResult {
  const emulated = new Set(result.engines.filter((engine) => engine.emulated).map(({ label }) => label));
  if (emulated.size === 0) return result;
  if (options.includeEmulated) {
    const marked = (label: string) => (emulated.has(label) ? `${label} (emulated)` : label);
    return {
      ...result,
      engines: result.engines.map((engine) => ({ ...engine, label: marked(engine.label) })),
      series: result.series.map((one) => ({ ...one, engine: marked(one.engine) })),
    };
  }
  return {
    ...result,
    engines: result.engines.map((engine) =>
      engine.emulated
        ? {
            ...engine,
            contenders: [],
            absent: `${engine.emulated} Its figures are shown, and marked, by --include-emulated.`,
          }
        : engine,
    ),
    series: result.series.filter(({ engine }) => !emulated.has(engine)),
  };
}
