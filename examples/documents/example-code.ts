import { existsSync, readFileSync } from "node:fs";

/** Top of the repository, whether this runs from its source or from `dist`. */
export const repository = topOf(new URL(".", import.meta.url));

/** The code of an example program: all of it, or what stands between `// #region NAME` and `// #endregion`. */
export function exampleCode(file: string, region?: string): string {
  const text = readFileSync(new URL(`examples/${file}`, repository), "utf8");
  const lines = text.split("\n");
  if (region === undefined) return withoutMarks(lines).trimEnd();
  const from = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const to = lines.findIndex((line, at) => at > from && line.trim() === "// #endregion");
  if (from < 0 || to < 0) throw new Error(`examples/${file} has no region "${region}".`);
  const inside = lines.slice(from + 1, to);
  const margin = Math.min(...inside.filter((line) => line !== "").map((line) => line.search(/\S/)));
  return withoutMarks(inside.map((line) => line.slice(margin))).trimEnd();
}

function withoutMarks(lines: readonly string[]): string {
  return lines.filter((line) => !/^\s*\/\/ #(end)?region\b/.test(line)).join("\n");
}

function topOf(directory: URL): URL {
  if (existsSync(new URL("pnpm-workspace.yaml", directory))) return directory;
  if (directory.pathname === "/") throw new Error("This is not in the repository.");
  return topOf(new URL("..", directory));
}
