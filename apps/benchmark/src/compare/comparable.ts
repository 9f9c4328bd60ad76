import type { EngineResult, RunResult } from "../result.js";

/** Why the figures of two runs cannot stand side by side, one sentence each; none when they can. */
export function differencesOf(earlier: RunResult, later: RunResult): string[] {
  const differences: string[] = [];
  const same = (name: string, a: unknown, b: unknown) => {
    if (a !== b) differences.push(`${name}: ${a ?? "none"} before, ${b ?? "none"} after.`);
  };
  for (const [key, name] of hostFacts) same(name, earlier.host[key], later.host[key]);
  same("Form", earlier.form, later.form);
  same("Network", earlier.network, later.network);
  for (const engine of earlier.engines) {
    const other = later.engines.find(({ label }) => label === engine.label);
    if (!other || isAbsent(engine) || isAbsent(other)) continue;
    same(`Version of ${engine.label}`, engine.version, other.version);
    same(`Image of ${engine.label}`, engine.image, other.image);
    same(`Emulator of ${engine.label}`, engine.emulated, other.emulated);
    const [before, after] = [baselineVersions(engine), baselineVersions(other)];
    for (const [name, version] of before) {
      if (after.has(name)) same(`Version of ${name} on ${engine.label}`, version, after.get(name));
    }
  }
  const measured = (result: RunResult) =>
    result.engines.filter((engine) => !isAbsent(engine)).map(({ label }) => label);
  if (!measured(earlier).some((label) => measured(later).includes(label))) {
    differences.push("No engine was measured in both.");
  }
  return differences;
}

const hostFacts = [
  ["cpuModel", "Processor"],
  ["coreCount", "Cores"],
  ["memoryBytes", "Bytes of memory"],
  ["architecture", "Architecture"],
  ["kernel", "Kernel"],
  ["system", "System"],
  ["node", "Node.js"],
] as const;

function isAbsent({ absent }: EngineResult): boolean {
  return absent !== undefined;
}

/** Those of the sandbox may differ: what they change is the question. */
function baselineVersions({ contenders }: EngineResult): Map<string, string> {
  return new Map(
    contenders.filter(({ role }) => role === "baseline").flatMap(({ versions }) => Object.entries(versions)),
  );
}
