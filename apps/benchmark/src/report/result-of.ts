import type { Series } from "../measurement.js";
import { FORMAT, FORMAT_VERSION, type RunResult } from "../result.js";

/** Results made by hand, for tests. */
export function seriesOf(
  contender: string,
  scenario: string,
  metric: string,
  values: number[],
  unit: Series["unit"] = "ms",
): Series {
  return {
    scenario,
    metric,
    title: `${scenario} ${metric}`,
    unit,
    engine: "docker",
    contender,
    contenderTitle: contender,
    role: contender === "sandbox" ? "sandbox" : "baseline",
    warmups: [],
    samples: values.map((value, round) => ({ value, round, atMs: 0 })),
    failures: [],
  };
}

export function resultOf(all: Series[]): RunResult {
  const contender = (id: string, role: Series["role"]) => ({ id, title: id, role, versions: {} });
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    version: "0.0.0",
    form: "full",
    startedAt: "2025-01-01T00:00:00.000Z",
    durationMs: 1,
    interrupted: true,
    seed: 1,
    network: "open",
    host: {
      cpuModel: "Processor",
      coreCount: 2,
      memoryBytes: 2 ** 33,
      kernel: "Linux 6",
      system: "Debian",
      architecture: "x64",
      node: "v20.19.0",
    },
    load: { before: [0, 0, 0], after: [1, 1, 1] },
    engines: [
      {
        label: "docker",
        details: {},
        contenders: [
          contender("sandbox", "sandbox"),
          contender("engine-api", "baseline"),
          {
            ...contender("docker-cli", "baseline"),
            title: "docker CLI",
            absent: "The docker command is not installed.",
          },
        ],
      },
      { label: "local", details: {}, absent: "bwrap was not found", contenders: [] },
    ],
    series: all,
  };
}
