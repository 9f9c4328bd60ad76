import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { loadProvider } from "../src/load-provider.js";

const place = mkdtempSync(join(tmpdir(), "sandbox-load-"));
afterAll(() => rmSync(place, { recursive: true }));

function install(name: string, code: string): void {
  const directory = join(place, "node_modules", name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name, type: "module", exports: "./index.js" }),
  );
  writeFileSync(join(directory, "index.js"), code);
}

test("finds an adapter by the engine's name and passes the options on", async () => {
  install("@nanoclaw/sandbox-my-engine", "export const myEngine = (options) => ({ name: 'my', options });");
  expect(await loadProvider("my-engine", { a: 1 }, { from: place })).toEqual({
    name: "my",
    options: { a: 1 },
  });
});

test("takes a full package name as it is, and its default export", async () => {
  install("@you/sandbox-other", "export default () => ({ name: 'other' });");
  expect(await loadProvider("@you/sandbox-other", undefined, { from: place })).toEqual({ name: "other" });
});

test("tells the one command that installs a missing adapter", async () => {
  await expect(loadProvider("nowhere", undefined, { from: place })).rejects.toMatchObject({
    code: "adapter_missing",
    hint: "Run: npm install @nanoclaw/sandbox-nowhere",
  });
});

test("does not look in the working directory, which a sandbox may write to", async () => {
  install("@nanoclaw/sandbox-planted", "export const planted = () => ({ name: 'planted' });");
  const before = process.cwd();
  process.chdir(place);
  try {
    await expect(loadProvider("planted")).rejects.toMatchObject({ code: "adapter_missing" });
  } finally {
    process.chdir(before);
  }
});

test("tells a broken adapter from a missing one", async () => {
  install("@nanoclaw/sandbox-broken", "import 'a-package-that-it-needs';");
  install("@nanoclaw/sandbox-empty", "export const other = 1;");
  await expect(loadProvider("broken", undefined, { from: place })).rejects.toMatchObject({
    code: "adapter_fault",
  });
  await expect(loadProvider("empty", undefined, { from: place })).rejects.toMatchObject({
    code: "adapter_fault",
  });
});

test("refuses what is no package name", async () => {
  for (const name of ["../evil", "/etc/passwd", "a/b", "", "file:x", ".."]) {
    await expect(loadProvider(name, undefined, { from: place })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  }
});

test("loads what an import in that place would load", async () => {
  const directory = join(place, "node_modules/@nanoclaw/sandbox-both");
  mkdirSync(directory, { recursive: true });
  const entries = { import: "./index.mjs", require: "./index.cjs" };
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "both", exports: entries }));
  writeFileSync(join(directory, "index.mjs"), "export const both = () => ({ name: 'ES module' });");
  writeFileSync(join(directory, "index.cjs"), "exports.both = () => ({ name: 'CommonJS' });");
  for (const from of [place, pathToFileURL(place), pathToFileURL(join(place, "program.js")).href]) {
    expect(await loadProvider("both", undefined, { from })).toEqual({ name: "ES module" });
  }
});
