import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { defineChecks } from "../check.js";
import { rejectsWith, sameBytes } from "../expect.js";
import { PatternReader, pattern } from "../guest/pattern.js";
import { MemoryWatch } from "../memory-watch.js";

/** Names that file systems take and programs stumble over. */
export const oddNames = [
  " ",
  "two words",
  "it's",
  'say "hi"',
  "line\nend",
  "end\n",
  "\n",
  "-rf",
  "--help",
  "-",
  ".hidden",
  "..two-dots",
  "...",
  "$(touch x)",
  "`x`",
  "*",
  "?",
  "[a]",
  "~",
  "#",
  "%s",
  "\\n",
  "back\\slash",
  "semi;colon",
  "tab\t",
  "é€😀",
  "\x01\x1b",
  "a".repeat(255),
  "é".repeat(127),
];

export const fileChecks = defineChecks([
  {
    id: "G7.files-bytes",
    guarantee: "G7",
    title: "what is written is what is read, to the byte: nothing, everything, small and large",
    async run(context) {
      const sandbox = await context.shared();
      const path = context.guestPath("bytes");
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const sizes = [0, 1, 2, 1_024, 4_095, 4_096, 4_097, 65_536, 5_000_001];
      const contents = [
        everyByte,
        Buffer.from("%s\\n%%\\0001\n"),
        ...sizes.map((size) => context.random.bytes(size)),
      ];
      for (const content of contents) {
        await sandbox.files.write(path, content);
        sameBytes(`a file of ${content.length} bytes, read back`, await sandbox.files.read(path), content);
        assert.equal((await sandbox.files.stat(path)).size, content.length);
        const inside = await sandbox.exec(["cat", path]);
        sameBytes(`a file of ${content.length} bytes, seen by a command`, inside.stdoutBytes, content);
      }
      await sandbox.files.write(path, "text é€😀\n");
      assert.equal(await sandbox.files.readText(path), "text é€😀\n");
      await sandbox.files.remove(path);
    },
  },
  {
    id: "G7.files-stream",
    guarantee: "G7",
    title: "large files stream both ways, slowly read too, with flat memory",
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.shared();
      const path = context.guestPath("stream");
      const blocks = context.scale === "full" ? 1024 : 96;
      using memory = new MemoryWatch();
      await sandbox.files.write(path, Readable.from(pattern(blocks), { objectMode: false }), {
        timeoutMs: 60_000,
      });
      assert.equal((await sandbox.files.stat(path)).size, blocks * 2 ** 20);
      const reader = new PatternReader();
      for await (const data of await sandbox.files.readStream(path)) {
        if (reader.bytes === 0) {
          // Time enough for whoever reads ahead to read nearly everything.
          await delay(1_000);
          memory.mustBeFlat();
        }
        reader.take(data as Uint8Array);
      }
      assert.equal(reader.bytes, blocks * 2 ** 20, "bytes are missing");
      await sandbox.files.remove(path);
      context.note("memory grew by MiB", memory.grownMiB);
      memory.mustBeFlat();
    },
  },
  {
    id: "G7.files-abandoned",
    guarantee: "G7",
    title: "a read that is given up in its middle, and a write whose source fails, disturb nothing",
    async run(context) {
      const sandbox = await context.shared();
      const path = context.guestPath("abandoned");
      await sandbox.files.write(path, Readable.from(pattern(8), { objectMode: false }));
      const stream = await sandbox.files.readStream(path);
      for await (const data of stream) {
        assert.ok((data as Uint8Array).length > 0);
        break;
      }
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(100_000);
        throw new Error("of the source");
      };
      await assert.rejects(sandbox.files.write(path, failing()), "a source that failed is told as success");
      await assert.rejects(
        pipeline(await sandbox.files.readStream(`${path}-not-there`), async (source) => {
          for await (const _ of source) assert.fail("there are bytes of a file that is not there");
        }),
      );
      await sandbox.files.remove(path);
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G6.files-told",
    guarantee: "G6",
    title: "a file that is missing, in the way or forbidden is told as what it is",
    async run(context) {
      const sandbox = await context.shared();
      const { files } = sandbox;
      const directory = context.guestPath("told");
      await files.mkdir(directory);
      await files.write(`${directory}/file`, "x");
      const missing = `${directory}/no/such`;
      await rejectsWith("read of a missing file", files.read(missing), "file_not_found");
      await rejectsWith("stat of a missing file", files.stat(missing), "file_not_found");
      await rejectsWith("list of a missing directory", files.list(missing), "file_not_found");
      await rejectsWith("remove of a missing file", files.remove(missing), "file_not_found");
      await files.remove(missing, { recursive: true });
      await rejectsWith(
        "download of a missing file",
        files.download(missing, "/tmp/conformance-no-such"),
        "file_not_found",
      );
      await rejectsWith(
        "upload of a missing file",
        files.upload("/no/such/source", directory),
        "file_not_found",
      );
      await rejectsWith("read of a directory", files.read(directory), "file_failed");
      await rejectsWith("write to a directory", files.write(directory, "x"), "file_failed");
      await rejectsWith(
        "write of much to a directory",
        files.write(directory, Buffer.alloc(100_000)),
        "file_failed",
      );
      await rejectsWith("list of a file", files.list(`${directory}/file`), "file_failed");
      await rejectsWith("mkdir over a file", files.mkdir(`${directory}/file`), "already_exists");
      await rejectsWith("mkdir twice", files.mkdir(directory, { recursive: false }), "already_exists");
      await rejectsWith("mkdir in nothing", files.mkdir(missing, { recursive: false }), "file_not_found");
      await rejectsWith("remove of a full directory", files.remove(directory), "file_failed");
      assert.equal(await files.exists(`${directory}/file`), true);
      assert.equal(await files.exists(missing), false);
      await files.remove(directory, { recursive: true });
      assert.equal(await files.exists(directory), false);
    },
  },
  {
    id: "G6.files-forbidden",
    guarantee: "G6",
    title: "a file that the sandbox's user may not touch is told as permission_denied",
    async run(context) {
      const sandbox = await context.shared();
      const path = context.guestPath("forbidden");
      await sandbox.files.write(path, "x", { mode: 0 });
      context.defer(() => sandbox.files.remove(path));
      if ((await sandbox.exec(["test", "-r", path])).exitCode === 0)
        context.skip("the sandbox's user may read everything");
      await rejectsWith("read", sandbox.files.read(path), "permission_denied");
      await rejectsWith("write", sandbox.files.write(path, "y"), "permission_denied");
    },
  },
  {
    id: "G12.files-names",
    guarantee: "G12",
    title: "file names are taken as they are: line ends, quotes, leading dashes, code, 255 bytes",
    async run(context) {
      const sandbox = await context.shared();
      const { files } = sandbox;
      const directory = context.guestPath("names");
      await files.mkdir(directory);
      for (const [index, name] of oddNames.entries()) {
        const path = `${directory}/${name}`;
        await files.write(path, `${index}`);
        assert.equal(await files.readText(path), `${index}`, JSON.stringify(name));
      }
      const entries = await files.list(directory);
      assert.deepEqual(entries.map(({ name }) => name).sort(), [...oddNames].sort());
      for (const { name, path, type, size } of entries) {
        assert.equal(path, `${directory}/${name}`);
        assert.deepEqual([type, size], ["file", `${oddNames.indexOf(name)}`.length]);
      }
      for (const name of oddNames.slice(0, 12)) {
        const path = `${directory}/${name}`;
        assert.equal((await files.stat(path)).type, "file");
        await files.remove(path);
        assert.equal(await files.exists(path), false);
        await files.mkdir(path);
        assert.deepEqual(await files.list(path), []);
      }
      await files.remove(directory, { recursive: true });
      assert.equal(await files.exists(directory), false);
    },
  },
  {
    id: "G7.files-list",
    guarantee: "G7",
    title: "list and stat tell type, size, mode and time of what is there, of many entries too",
    async run(context) {
      const sandbox = await context.shared();
      const { files } = sandbox;
      const directory = context.guestPath("list");
      const before = Math.floor(Date.now() / 1000) * 1000;
      await files.mkdir(`${directory}/sub/deep`);
      await files.write(`${directory}/plain`, "12345");
      await files.write(`${directory}/program`, "#!/bin/sh\n", { mode: 0o750 });
      await sandbox.exec("ln -s plain link; ln -s nowhere broken; ln -s sub dirlink; mkfifo pipe", {
        cwd: directory,
        check: true,
      });
      const entries = new Map((await files.list(directory)).map((entry) => [entry.name, entry]));
      assert.deepEqual([...entries].map(([name, { type }]) => [name, type]).sort(), [
        ["broken", "symlink"],
        ["dirlink", "symlink"],
        ["link", "symlink"],
        ["pipe", "other"],
        ["plain", "file"],
        ["program", "file"],
        ["sub", "directory"],
      ]);
      assert.equal(entries.get("plain")?.size, 5);
      assert.equal(entries.get("plain")?.mode, 0o644);
      assert.equal(entries.get("program")?.mode, 0o750);
      const plain = await files.stat(`${directory}/plain`);
      assert.ok(
        plain.modifiedAt.getTime() >= before - 2_000 && plain.modifiedAt.getTime() <= Date.now() + 2_000,
      );
      // stat follows, list and exists do not.
      assert.deepEqual(
        [(await files.stat(`${directory}/link`)).type, (await files.stat(`${directory}/link`)).size],
        ["file", 5],
      );
      assert.equal((await files.stat(`${directory}/dirlink`)).type, "directory");
      await rejectsWith(
        "stat of a broken link",
        files.stat(`${directory}/broken`),
        "file_not_found",
        "file_failed",
      );
      assert.equal(await files.exists(`${directory}/broken`), true);
      await files.remove(`${directory}/dirlink`, { recursive: true });
      assert.equal(
        await files.exists(`${directory}/sub/deep`),
        true,
        "removing a link removed what it leads to",
      );
      await sandbox.exec("i=0; while [ $i -lt 1500 ]; do : > many$i; i=$((i+1)); done", {
        cwd: `${directory}/sub`,
        check: true,
      });
      const many = await files.list(`${directory}/sub`);
      assert.equal(many.length, 1_501);
      assert.equal(many.filter(({ type }) => type === "file").length, 1_500);
      await files.remove(directory, { recursive: true });
    },
  },
  {
    id: "G7.files-write-over",
    guarantee: "G7",
    title: "writing replaces the whole content, keeps mode and links, and makes missing directories",
    async run(context) {
      const sandbox = await context.shared();
      const { files } = sandbox;
      const directory = context.guestPath("over");
      for (const size of [10, 100_000]) {
        const path = `${directory}/${size}/deep/down/file`;
        await files.write(path, Buffer.alloc(size, "a"), { mode: 0o700 });
        await sandbox.exec(["ln", "-s", path, `${path}.link`], { check: true });
        await files.write(`${path}.link`, Buffer.alloc(size / 2, "b"));
        assert.equal((await files.read(path)).length, size / 2, "the rest of the old content is still there");
        assert.equal((await files.stat(path)).mode, 0o700, "the mode is another");
        const program = await sandbox.exec(`printf '#!/bin/sh\\necho ran' > ${path}; ${path}`);
        assert.equal(program.stdout, "ran\n");
      }
      await files.remove(directory, { recursive: true });
    },
  },
]);
