import { readdirSync } from "node:fs";
import { repository } from "./example-code.js";

/** Every Markdown file that people read, by its path in the repository. */
export function documents(): string[] {
  const inDirectory = (directory: string): string[] =>
    readdirSync(new URL(directory, repository), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".md"))
      .map((path) => `${directory}${path}`);
  const readmes = ["packages/", "apps/"].flatMap((folder) =>
    readdirSync(new URL(folder, repository)).map((name) => `${folder}${name}/`),
  );
  return [
    "README.md",
    ...inDirectory("docs/"),
    ...readmes.flatMap((directory) => readmeOf(directory)),
    ...readmeOf("examples/"),
  ];
}

function readmeOf(directory: string): string[] {
  const names = readdirSync(new URL(directory, repository));
  return names.includes("README.md") ? [`${directory}README.md`] : [];
}
