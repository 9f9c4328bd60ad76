import type { EngineResult, RunResult } from "../result.js";

/** What a reader must know of a run besides its figures, one line each. */
export function factsOf(result: RunResult): string[] {
  const { host, load } = result;
  const gibibytes = (host.memoryBytes / 1024 ** 3).toFixed(0);
  return [
    `${host.cpuModel}, ${host.coreCount} cores, ${gibibytes} GiB; ${host.system}, ${host.kernel}; Node.js ${host.node}`,
    `Load before ${average(load.before)}, after ${average(load.after)}; ${result.form} form, seed ${result.seed}, network ${result.network}`,
    ...result.engines.map(engineFact),
    ...(result.interrupted ? ["Interrupted: this is what there was until then."] : []),
  ];
}

/** Contenders that could not be measured, with the reason. */
export function absencesOf(result: RunResult): string[] {
  return result.engines.flatMap(({ label, contenders }) =>
    contenders.flatMap(({ title, absent }) =>
      absent === undefined ? [] : [`${label}, ${title}: ${absent}`],
    ),
  );
}

function engineFact({ label, version, endpoint, image, absent, contenders }: EngineResult): string {
  if (absent !== undefined) return `${label}: not measured. ${absent}`;
  const versions = contenders.flatMap((contender) =>
    Object.entries(contender.versions).map(([name, value]) => `${name} ${value}`),
  );
  return `${label}: ${[version, endpoint, image, ...versions].filter(Boolean).join(", ")}`;
}

function average(values: readonly number[]): string {
  return (values[0] ?? 0).toFixed(2);
}
