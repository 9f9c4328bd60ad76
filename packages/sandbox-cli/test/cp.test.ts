import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { engines, tagsOf } from "./engines.js";

/** What shells, tar and argument lists stumble over. */
const oddNames = [
  "a b",
  "-rf",
  "quote'\"",
  "new\nline",
  "*",
  "$HOME",
  "ünïcödé",
  "back\\slash",
  "a:b",
  ".hidden",
];

for (const { name: engine, options, env, reason } of engines) {
  describe.skipIf(reason !== undefined)(
    `cp on ${engine}${reason ? ` (${reason})` : ""}`,
    { tags: tagsOf(engine) },
    () => {
      const installation = new Installation(env);
      const host = (...names: string[]) => join(installation.directory, ...names);
      let id = "";
      beforeAll(async () => {
        id = (await installation.run(["create", ...options])).stdout.trim();
      });
      afterAll(async () => {
        await installation.run(["rm", "--engine", engine, id]);
        await installation[Symbol.asyncDispose]();
      });
      const cp = (from: string, to: string) => installation.run(["cp", "--engine", engine, from, to]);
      const guest = async (script: string, ...words: string[]) =>
        (await installation.run(["exec", "--engine", engine, id, "sh", "-c", script, "sh", ...words])).stdout;

      test("copies files with odd names to the sandbox and back, exactly", async () => {
        const content = randomBytes(100_000);
        mkdirSync(host("odd"));
        for (const name of oddNames) writeFileSync(host("odd", name), content);
        expect(await cp("odd", `${id}:/tmp`)).toMatchObject({ exitCode: 0, stdout: "" });
        expect(await cp(`${id}:/tmp/odd`, "back")).toMatchObject({ exitCode: 0 });
        for (const name of oddNames) expect(readFileSync(host("back", name)).equals(content)).toBe(true);
      });

      test.each(["-rf", "new\nline", "a:b"])("copies a single file named %j both ways", async (name) => {
        writeFileSync(host(name), name);
        expect(await cp(`./${name}`, `${id}:/tmp/one/${name}`)).toMatchObject({ exitCode: 0 });
        expect(await guest('cat "/tmp/one/$1"', name)).toBe(name);
        expect(await cp(`${id}:/tmp/one/${name}`, `./${name}.back`)).toMatchObject({ exitCode: 0 });
        expect(readFileSync(host(`${name}.back`), "utf8")).toBe(name);
      });

      test("keeps modes, links and empty directories", async () => {
        mkdirSync(host("tree", "empty"), { recursive: true });
        writeFileSync(host("tree", "run"), "#!/bin/sh\n", { mode: 0o755 });
        symlinkSync("run", host("tree", "link"));
        expect((await cp("tree", `${id}:/tmp/tree`)).exitCode).toBe(0);
        expect((await cp(`${id}:/tmp/tree`, "tree2")).exitCode).toBe(0);
        expect(statSync(host("tree2", "run")).mode & 0o777).toBe(0o755);
        expect(readlinkSync(host("tree2", "link"))).toBe("run");
        expect(statSync(host("tree2", "empty")).isDirectory()).toBe(true);
      });

      test("puts a source into a directory that exists, and its content with /.", async () => {
        mkdirSync(host("source"));
        writeFileSync(host("source", "file"), "x");
        await guest("mkdir /tmp/there /tmp/content");
        await cp("source", `${id}:/tmp/there`);
        await cp("source/.", `${id}:/tmp/content`);
        expect(await guest("ls /tmp/there /tmp/content")).toBe(
          "/tmp/content:\nfile\n\n/tmp/there:\nsource\n",
        );
        mkdirSync(host("out"));
        writeFileSync(host("out", "mine"), "stays");
        await cp(`${id}:/tmp/content`, "out");
        await cp(`${id}:/tmp/content/.`, "out");
        expect(readFileSync(host("out", "content", "file"), "utf8")).toBe("x");
        expect(readFileSync(host("out", "file"), "utf8")).toBe("x");
        expect(readFileSync(host("out", "mine"), "utf8")).toBe("stays");
      });

      test("does not write through a link that came out of the sandbox earlier", async () => {
        mkdirSync(host("outside"));
        mkdirSync(host("copies"));
        await guest('mkdir -p /tmp/trap && ln -s "$1" /tmp/trap/escape', host("outside"));
        expect((await cp(`${id}:/tmp/trap/.`, "copies")).exitCode).toBe(0);
        expect(lstatSync(host("copies", "escape")).isSymbolicLink()).toBe(true);
        await guest("rm /tmp/trap/escape && mkdir /tmp/trap/escape && echo evil >/tmp/trap/escape/file");
        const { exitCode, stderr } = await cp(`${id}:/tmp/trap/.`, "copies");
        expect(stderr).toContain("escape");
        expect(exitCode).toBe(125);
        expect(existsSync(host("outside", "file"))).toBe(false);
      });

      test("tells what is missing", async () => {
        const noGuest = await cp(`${id}:/no/such/file`, "x");
        expect(noGuest).toMatchObject({ exitCode: 125 });
        expect(noGuest.stderr).toContain("/no/such/file");
        const noHost = await cp("no-such-file", `${id}:/tmp`);
        expect(noHost).toMatchObject({ exitCode: 125 });
        expect(noHost.stderr).toContain("no-such-file");
      });
    },
  );
}
