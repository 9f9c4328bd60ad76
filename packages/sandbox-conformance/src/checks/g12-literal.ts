import assert from "node:assert/strict";
import { defineChecks } from "../check.js";

/** Words that something between the caller and the program may take for code. */
const oddWords = [
  "",
  " ",
  "two words",
  "it's",
  'say "hi"',
  "'",
  "''",
  "'\\''",
  "$HOME",
  "$(touch /tmp/owned)",
  "`touch /tmp/owned`",
  "; touch /tmp/owned;",
  "&& touch /tmp/owned",
  "| touch /tmp/owned",
  "> /tmp/owned",
  "line\nend",
  "\n",
  "line\r\nend",
  "trailing\n",
  "tab\there",
  "*",
  "~",
  "{a,b}",
  "[a-z]*",
  "!history",
  "#comment",
  "%s%n%d",
  "\\n\\0\\x41",
  "back\\slash\\",
  "-n",
  "--",
  "--help",
  "-c",
  "=",
  "a=b",
  "é€😀",
  "\x01\x02\x1b[31m\x7f",
];

export const literalChecks = defineChecks([
  {
    id: "G12.arguments",
    guarantee: "G12",
    title: "arguments reach the program exactly, whatever is in them",
    async run(context) {
      const sandbox = await context.shared();
      const expected = oddWords.map((word) => `${word}\0`).join("");
      // Arguments of a program, not of a shell's command line: sh only prints what it was given.
      const print = ["sh", "-c", 'for word do printf "%s\\0" "$word"; done', "sh"];
      assert.equal((await sandbox.exec([...print, ...oddWords])).stdout, expected);
      const child = await sandbox.spawn([...print, ...oddWords]);
      const parts: Uint8Array[] = [];
      for await (const { data } of child) parts.push(data);
      assert.equal(Buffer.concat(parts).toString(), expected);
      for (const word of oddWords.slice(1)) {
        const { stdout } = await sandbox.exec(["printf", "%s", word]);
        assert.equal(stdout, word);
      }
      assert.equal(
        (await sandbox.exec(["test", "-e", "/tmp/owned"])).exitCode,
        1,
        "an argument was run as code",
      );
    },
  },
  {
    id: "G12.program",
    guarantee: "G12",
    title: "the program's name is taken as it is, with spaces, quotes and a leading dash",
    async run(context) {
      const sandbox = await context.shared();
      const directory = context.guestPath("programs");
      for (const name of ["a program", "it's", "$(id)", "-dash", "new\nline", "exec"]) {
        const path = `${directory}/${name}`;
        await sandbox.files.write(path, '#!/bin/sh\necho "ran $1"\n', { mode: 0o755 });
        assert.equal((await sandbox.exec([path, "x"])).stdout, "ran x\n", JSON.stringify(name));
      }
      for (const builtin of ["exit", "exec", "cd", "eval", ":", "sb_quit", "sb_done"]) {
        const { exitCode } = await sandbox.exec([builtin, "true"]);
        assert.ok(exitCode === 127 || exitCode === 0, `${builtin}: ${exitCode}`);
      }
      await sandbox.files.remove(directory, { recursive: true });
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G12.environment",
    guarantee: "G12",
    title: "environment values reach commands exactly, at create, for a command and as secrets",
    async run(context) {
      const numbered = (prefix: string): Record<string, string> =>
        Object.fromEntries(oddWords.map((word, index) => [`${prefix}${index}`, word]));
      const sandbox = await context.create({ env: numbered("E"), secrets: numbered("S") });
      const names = ["E", "S", "C"].flatMap((prefix) => oddWords.map((_, index) => `${prefix}${index}`));
      const look = names.map((name) => `printf '%s\\0' "$${name}"`).join("; ");
      const expected = [...oddWords, ...oddWords, ...oddWords].map((word) => `${word}\0`).join("");
      for (let round = 0; round < 2; round++) {
        const { stdout } = await sandbox.exec(look, { env: numbered("C") });
        assert.equal(stdout, expected);
      }
      const child = await sandbox.spawn(look, { env: numbered("C") });
      const parts: Uint8Array[] = [];
      for await (const { data } of child) parts.push(data);
      assert.equal(Buffer.concat(parts).toString(), expected);
    },
  },
  {
    id: "G12.environment-names",
    guarantee: "G12",
    title:
      "variables named like a shell's own, or like core's, reach the command and do not disturb anything",
    async run(context) {
      const sandbox = await context.create();
      const env = {
        IFS: "x",
        ENV: "/tmp/none",
        PS4: "$(touch /tmp/owned)",
        CDPATH: "/",
        n: "1",
        line: "2",
        id: "3",
        i: "4",
      };
      const { stdout } = await sandbox.exec(["env"], { env });
      for (const [name, value] of Object.entries(env)) {
        // A shell resets IFS when it starts: only a program that is started without one sees it.
        assert.ok(stdout.includes(`${name}=${value}\n`) || name === "IFS", `${name} did not arrive`);
      }
      const path = await sandbox.exec(["/bin/sh", "-c", "echo $PATH"], { env: { PATH: "/nowhere" } });
      assert.equal(path.stdout, "/nowhere\n", "PATH for a command did not arrive");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
      assert.equal((await sandbox.exec(["test", "-e", "/tmp/owned"])).exitCode, 1);
    },
  },
  {
    id: "G12.cwd",
    guarantee: "G12",
    title: "a working directory is taken as it is named",
    async run(context) {
      const sandbox = await context.shared();
      const parent = context.guestPath("directories");
      for (const name of ["two words", "it's", "$(touch x)", "-", "-P", "é😀", "new\nline", "end\n", "*"]) {
        const cwd = `${parent}/${name}`;
        await sandbox.files.mkdir(cwd);
        // Without a newline of its own at the end, so that one of the name's shows.
        const { stdout } = await sandbox.exec('printf "%s" "$(pwd; echo .)"', { cwd });
        assert.equal(stdout, `${cwd}\n.`);
      }
      await sandbox.files.remove(parent, { recursive: true });
    },
  },
  {
    id: "G12.string-is-shell",
    guarantee: "G12",
    title: "a string is run by the guest's shell, as written",
    async run(context) {
      const sandbox = await context.shared();
      const { stdout } = await sandbox.exec(
        "a='x y'; for w in $a; do echo \"<$w>\"; done\n# a comment\ncat <<'END'\n$HOME 'quoted'\nEND\n",
      );
      assert.equal(stdout, "<x>\n<y>\n$HOME 'quoted'\n");
      const { exitCode, stderr } = await sandbox.exec("echo 'not closed");
      assert.notEqual(exitCode, 0);
      assert.notEqual(stderr, "");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
]);
