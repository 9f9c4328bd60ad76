import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { crookedArchives } from "../src/guest/crooked-archives.js";

let host: string;

beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), "crooked-"));
  mkdirSync(join(host, "outside"));
  mkdirSync(join(host, "down", "here"), { recursive: true });
  writeFileSync(join(host, "outside", "precious"), "of the host");
});

afterEach(() => rmSync(host, { recursive: true, force: true }));

const hasTar = spawnSync("tar", ["--version"], { encoding: "utf8" }).stdout?.includes("GNU tar");

// Otherwise the check that unpacks them would pass with anything.
for (const name of [
  "way-up",
  "way-up-first",
  "through-relative-symlink",
  "absolute",
  "through-symlink",
  "root-is-symlink",
  "through-hard-link",
  "hard-link-inside",
]) {
  test.skipIf(!hasTar)(`"${name}" does write elsewhere when it is unpacked by a trusting program`, () => {
    const archive = crookedArchives("tree", join(host, "outside"))[name];
    const flags = ["-xP", "--overwrite", "--keep-directory-symlink", "-f", "-"];
    spawnSync("tar", ["-C", join(host, "down", "here"), ...flags], { input: archive });
    const precious = readFileSync(join(host, "outside", "precious"), "utf8");
    const elsewhere = [...readdirSync(join(host, "outside")), ...readdirSync(join(host, "down"))];
    expect(precious !== "of the host" || elsewhere.includes("evil")).toBe(true);
  });
}
