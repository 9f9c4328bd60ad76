import type { EngineResult, RunResult } from "../result.js";
import { noiseOf } from "./noise.js";

/** What a reader must know of a run besides its figures, one line each. */
export function factsOf(result: RunResult): string[] {
  const { host, load } = result;
  const gibibytes = (host.memoryBytes / 1024 ** 3).toFixed(0);
  return [
    `${host.cpuModel}, ${host.coreCount} cores, ${gibibytes} GiB; ${host.system}, ${host.kernel}; Node.js ${host.node}`,
    `Load before ${average(load.before)}, after ${average(load.after)}; ${result.form} form, seed ${result.seed}, network ${result.network}`,
    ...result.engines.map(engineFact),
    ...noiseOf(result).map((reason) => `Noisy run. ${reason}`),
    ...(result.interrupted ? ["Interrupted: this is what there was until then."] : []),
  ];
}

/** Who was not measured, not to the end, or not without failures, and why. One line for each reason. */
export function remarksOf({ engines, series }: RunResult): string[] {
  const who = new Map<string, Set<string>>();
  const note = (place: string, reason: string, name: string) => {
    const key = `${place}: ${reason}`;
    who.set(key, (who.get(key) ?? new Set()).add(name));
  };
  for (const { label, contenders } of engines) {
    for (const { title, absent } of contenders) if (absent !== undefined) note(label, absent, title);
  }
  for (const { scenario, engine, contenderTitle, remark, failures } of series) {
    const place = `${scenario}, ${engine}`;
    if (remark !== undefined) note(place, remark, contenderTitle);
    for (const { message } of failures) note(place, `failed: ${message}`, contenderTitle);
  }
  return [...who].map(([reason, names]) => `${reason} (${[...names].join(", ")})`);
}

function engineFact({ label, version, endpoint, image, absent, emulated, contenders }: EngineResult): string {
  if (absent !== undefined) return `${label}: not measured. ${absent}`;
  const versions = contenders.flatMap((contender) =>
    Object.entries(contender.versions).map(([name, value]) => `${name} ${value}`),
  );
  return `${label}: ${[emulated, version, endpoint, image, ...versions].filter(Boolean).join(", ")}`;
}

function average(values: readonly number[]): string {
  return (values[0] ?? 0).toFixed(2);
}
