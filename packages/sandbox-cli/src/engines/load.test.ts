import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installCommand, loadEngine } from "./load.js";

const directory = mkdtempSync(join(tmpdir(), "sandbox-cli-"));
const workingDirectory = process.cwd();
afterAll(() => {
  process.chdir(workingDirectory);
  rmSync(directory, { recursive: true });
});

function adapter(path: string, source: string): string {
  const place = join(directory, path);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ main: "index.cjs" }));
  writeFileSync(join(place, "index.cjs"), source);
  return place;
}

test("finds the adapters that come with it", async () => {
  expect((await loadEngine("docker")).name).toBe("docker");
  expect((await loadEngine("local")).name).toBe("local");
});

test("an adapter elsewhere is named by its path", async () => {
  const place = adapter("sandbox-over-there", "exports.overThere = (options) => ({ options });");
  expect(await loadEngine(place, { a: 1 })).toEqual({ options: { a: 1 } });
  const byDefault = adapter("sandbox-other", "exports.default = (options) => ({ options });");
  expect(await loadEngine(join(byDefault, "index.cjs"), { a: 2 })).toEqual({ options: { a: 2 } });
  process.chdir(directory);
  expect(await loadEngine("./sandbox-over-there/index.cjs").catch((error) => error.message)).toContain(
    'no export "index"',
  );
});

test("what lies in the working directory's node_modules is not run", async () => {
  adapter("node_modules/@nanoclaw/sandbox-planted", "throw new Error('planted code ran');");
  process.chdir(directory);
  await expect(loadEngine("planted")).rejects.toMatchObject({
    code: "adapter_missing",
    hint: "Run: npm install --global @nanoclaw/sandbox-planted",
  });
});

test("an adapter that does not load is told apart from one that is missing", async () => {
  const broken = adapter("sandbox-broken", "require('a-package-that-is-missing');");
  await expect(loadEngine(broken)).rejects.toMatchObject({ code: "adapter_fault" });
});

test("the command that installs an adapter puts it beside this program", () => {
  process.chdir(directory);
  const inProject = `file://${directory}/node_modules/@nanoclaw/sandbox-cli/dist/cli.js`;
  expect(installCommand("x", inProject)).toBe("npm install x");
  expect(installCommand("x", "file:///usr/lib/node_modules/@nanoclaw/sandbox-cli/dist/cli.js")).toBe(
    "npm install --global x",
  );
  expect(installCommand("x", "file:///home/me/.npm/_npx/1/node_modules/a/dist/cli.js")).toContain(
    "--package x",
  );
});
