/** What the library calls things, and what they are called here. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\blimits\.cpuCount\b/g, "--cpus"],
  [/\blimits\.memoryMiB\b/g, "--memory (in MiB)"],
  [/\blimits\.diskGiB\b/g, "--disk (in GiB)"],
  [/\blimits\.pidCount\b/g, "--pids"],
  [/\bmounts\[\d+\]\.(source|target)\b/g, "--mount $1"],
  [/\bports: \[([\d, ]+)\]/g, "--port $1"],
  [/\b\w+\(\{ (\w+) \}\)/g, "--engine-option $1=VALUE"],
  [/\blistSandboxes\b/g, "sandbox ls"],
  [/\bcollectGarbage, or `sandbox gc`/g, "sandbox gc --force"],
  [/\bcollectGarbage\b/g, "sandbox gc --force"],
];

/** Messages and hints of the library speak to programs. */
export function inCommandLineWords(text: string): string {
  return words.reduce((said, [theirs, ours]) => said.replace(theirs, ours), text);
}
