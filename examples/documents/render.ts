import { exampleCode } from "./example-code.js";
import { tables } from "./tables.js";

const exampleBlock = /(<!-- example ([\w./-]+?)(?:#([\w-]+))? -->\n\n?)```(\w+)\n[\s\S]*?```\n/g;
const tableBlock = /(<!-- table ([\w-]+) -->\n)[\s\S]*?(<!-- end of table -->)/g;

/** A document with its generated parts as they should be now: code of examples, and tables. */
export function render(document: string): string {
  return document
    .replace(
      exampleBlock,
      (_, mark: string, file: string, region: string | undefined, language: string) =>
        `${mark}\`\`\`${language}\n${exampleCode(file, region)}\n\`\`\`\n`,
    )
    .replace(tableBlock, (_, mark: string, name: string, end: string) => {
      const table = tables[name];
      if (!table)
        throw new Error(`There is no table "${name}"; there are ${Object.keys(tables).join(", ")}.`);
      return `${mark}${table()}\n${end}`;
    });
}

/** TypeScript of a document that no example backs, by its first line. */
export function unbackedCode(document: string): string[] {
  return [...document.replace(exampleBlock, "").matchAll(/^```ts\n(.*)/gm)].map(([, line]) => line ?? "");
}
