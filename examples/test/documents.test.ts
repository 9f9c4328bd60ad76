import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { appleContainer } from "@nanoclaw/sandbox-apple-container";
import { docker } from "@nanoclaw/sandbox-docker";
import { local } from "@nanoclaw/sandbox-local";
import { tart } from "@nanoclaw/sandbox-tart";
import { describe, expect, it } from "vitest";
import { documents } from "../documents/all-documents.js";
import { labels, leaves } from "../documents/capability-table.js";
import { repository } from "../documents/example-code.js";
import { anchorsOf, linksOf } from "../documents/links.js";
import { render, unbackedCode } from "../documents/render.js";

const read = (path: string): string => readFileSync(new URL(path, repository), "utf8");

/** Those whose TypeScript is all backed by programs that run. */
const backed = [
  "README.md",
  "packages/sandbox/README.md",
  "docs/guide.md",
  "docs/security.md",
  "docs/nanoclaw/in-process.md",
];

describe.each(documents())("%s", (path) => {
  const text = read(path);

  it("shows examples and tables as they are now (else: pnpm --filter @nanoclaw/examples docs)", () => {
    expect(render(text)).toBe(text);
  });

  it("links to files and headings that are there", () => {
    const missing = linksOf(text).filter((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(new URL(target, repository))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsOf(read(target)).has(anchor);
    });
    expect(missing).toEqual([]);
  });
});

it.each(backed)("%s has no TypeScript that is not a program that runs", (path) => {
  expect(unbackedCode(read(path))).toEqual([]);
});

it("the README's commands are there, and CI runs its test command", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = [...read("README.md").matchAll(/^npm (?:run )?(\w+)/gm)].map(([, name]) => name ?? "");
  expect(named).toEqual(["quickstart", "test"]);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(read(".ci/run")).toContain("exec npm test\n");
});

describe("the table of abilities", () => {
  it.each([local(), docker(), tart(), appleContainer()])(
    "has a line for everything that $name declares",
    ({ capabilities }) => {
      expect([...leaves(capabilities).keys()].sort()).toEqual(Object.keys(labels).sort());
    },
  );
});

describe("a document", () => {
  it("is found out when its code is not the example's", () => {
    const block = (code: string): string => `<!-- example engine.ts -->\n\`\`\`ts\n${code}\n\`\`\`\n`;
    expect(render(block("other();"))).not.toBe(block("other();"));
    expect(() => render("<!-- example engine.ts#nothing -->\n```ts\n```\n")).toThrow('no region "nothing"');
    expect(unbackedCode("```ts\ncode();\n```\n")).toEqual(["code();"]);
  });
});
