import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import script from "../src/internal/guardian.sh";

const program = new URL("../dist/guardian-main.js", import.meta.url).pathname;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sandbox-guardian-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Gives the guardian these lines, closes its pipe, and returns the ids that it removed once it has ended. */
async function guard(lines: string[]): Promise<string[]> {
  const removed = join(directory, "removed");
  const module = join(directory, "provider.mjs");
  writeFileSync(
    module,
    `import { appendFileSync } from "node:fs";
     export const make = (file) => ({ remove: async (id, installation) => {
       if (id === "stuck") throw new Error("cannot");
       appendFileSync(file, id + " " + installation + "\\n");
     } });`,
  );
  const recovery = { module: pathToFileURL(module).href, factory: "make", options: removed };
  const announcement = JSON.stringify({ recovery, installation: "mine" });
  const child = spawn("/bin/sh", ["-c", script, "guardian", process.execPath, program], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(lines.map((line) => `${line.replace("{}", announcement)}\n`).join(""));
  await new Promise((resolve) => child.on("exit", resolve));
  return existsSync(removed) ? readFileSync(removed, "utf8").trim().split("\n") : [];
}

test("does nothing when everything that was announced is gone", async () => {
  expect(await guard(["+a {}", "=a", "+b {}", "-a", "-b"])).toEqual([]);
});

test("removes what was made and not yet gone, once", async () => {
  expect(await guard(["+a {}", "=a", "+ab {}", "=ab", "-a"])).toEqual(["ab mine"]);
});

test("looks again for what may have been made at the last moment", async () => {
  const removed = await guard(["+a {}"]);
  expect(removed.length).toBeGreaterThan(1);
  expect(new Set(removed)).toEqual(new Set(["a mine"]));
});

test("removes the others when one cannot be removed", async () => {
  expect(await guard(["+stuck {}", "=stuck", "+b {}", "=b"])).toEqual(["b mine"]);
});

test("remembers a sandbox that was forgotten and announced again", async () => {
  expect(await guard(["+a {}", "=a", "-a", "+a {}", "=a"])).toEqual(["a mine"]);
});
