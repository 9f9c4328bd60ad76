import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readBundle } from "./bundle.js";

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "ncbundle-")));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string, text = "text"): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

test("S8: reads what is named, with its mode, whatever its name", async () => {
  const source = file(`it's $(id) "x"\nnext`, "a\0b");
  expect(await readBundle([{ source, target: "/etc/x", mode: 0o640 }])).toEqual([
    { target: "/etc/x", mode: 0o640, data: Buffer.from("a\0b") },
  ]);
});

test("S8: no directory can be named, and no link, at the end or on the way", async () => {
  file("real");
  mkdirSync(join(directory, "d"));
  file("d/inner");
  symlinkSync(join(directory, "real"), join(directory, "link"));
  symlinkSync(join(directory, "d"), join(directory, "way"));
  linkSync(join(directory, "real"), join(directory, "hard"));
  const read = (name: string) => readBundle([{ source: join(directory, name), target: "/x" }]);
  await expect(read("link")).rejects.toThrow(/symbolic link/);
  await expect(read("way/inner")).rejects.toThrow(/symbolic link/);
  await expect(read("d")).rejects.toThrow(/no file/);
  await expect(read("missing")).rejects.toThrow(/ENOENT/);
  await expect(readBundle([{ source: `${directory}/d/../real`, target: "/x" }])).rejects.toThrow(
    /plain path/,
  );
  await expect(read("hard")).resolves.toHaveLength(1);
});

test("does not wait at a pipe, nor read a device", async () => {
  execFileSync("mkfifo", [join(directory, "pipe")]);
  await expect(readBundle([{ source: join(directory, "pipe"), target: "/x" }])).rejects.toThrow(/no file/);
  await expect(readBundle([{ source: "/dev/zero", target: "/x" }])).rejects.toThrow(/no file/);
});

test("has limits: of one file, of all, of their number", async () => {
  const source = file("big");
  truncateSync(source, 1_000);
  const entry = { source, target: "/x" };
  await expect(readBundle([entry], { maxFileBytes: 1_000 })).resolves.toHaveLength(1);
  await expect(readBundle([entry], { maxFileBytes: 999 })).rejects.toThrow(/more than 999/);
  await expect(readBundle([entry, entry], { maxTotalBytes: 1_999 })).rejects.toThrow(/1999 bytes together/);
  await expect(readBundle([entry, entry], { maxFiles: 1 })).rejects.toThrow(/1 are allowed/);
});

test.each(["relative", "/a/../b", "/a\nb", "/a\0b"])("%j is no path in the guest", async (target) => {
  await expect(readBundle([{ source: file("x"), target }])).rejects.toThrow(/no path in the guest/);
});
