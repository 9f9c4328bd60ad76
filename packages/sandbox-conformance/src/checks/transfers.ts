import assert from "node:assert/strict";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { defineChecks } from "../check.js";
import { rejectsWith } from "../expect.js";
import { crookedArchives, standInForTar } from "../guest/crooked-archives.js";
import { PatternReader, pattern } from "../guest/pattern.js";
import { describeTree, hostDirectory, makeTree } from "../host-trees.js";
import { MemoryWatch } from "../memory-watch.js";
import { needs } from "../target.js";
import { oddNames } from "./files.js";

export const transferChecks = defineChecks([
  {
    id: "G7.transfer-tree",
    guarantee: "G7",
    title: "a tree goes up and comes back the same: names, modes, links, empty directories, long paths",
    tools: ["tar"],
    async run(context) {
      const host = await hostDirectory(context);
      const sandbox = await context.shared();
      const guest = context.guestPath("tree");
      await makeTree(join(host, "up"), oddNames);
      await sandbox.files.upload(join(host, "up"), guest);
      assert.equal((await sandbox.exec([`${guest}/closed/program`])).stdout, "ran\n");
      const owner = await sandbox.exec(`test "$(stat -c %u ${guest}/binary)" = "$(id -u)"`);
      assert.equal(owner.exitCode, 0, "the copy does not belong to the sandbox's user");
      await sandbox.files.download(guest, join(host, "down"));
      assert.deepEqual(await describeTree(join(host, "down")), await describeTree(join(host, "up")));
      await sandbox.files.remove(guest, { recursive: true });
      assert.deepEqual(
        (await readdir(host)).sort(),
        ["down", "up"],
        "something is left beside what was downloaded",
      );
    },
  },
  {
    id: "G7.transfer-file",
    guarantee: "G7",
    title: "a single file goes up under another name, replaces what was there, and comes back",
    tools: ["tar"],
    async run(context) {
      const host = await hostDirectory(context);
      const { files } = await context.shared();
      const guest = context.guestPath("single");
      await writeFile(join(host, "-first one"), "first", { mode: 0o640 });
      await files.write(`${guest}/renamed file`, "old and longer than the new");
      await files.upload(join(host, "-first one"), `${guest}/renamed file`);
      assert.equal(await files.readText(`${guest}/renamed file`), "first");
      assert.equal((await files.stat(`${guest}/renamed file`)).mode, 0o640);
      await writeFile(join(host, "back"), "to be replaced");
      await files.download(`${guest}/renamed file`, join(host, "back"));
      assert.equal(await readFile(join(host, "back"), "utf8"), "first");
      await files.remove(guest, { recursive: true });
    },
  },
  {
    id: "G7.transfer-merge",
    guarantee: "G7",
    title: "upload into a directory that exists adds to it; download onto one that exists is refused",
    tools: ["tar"],
    async run(context) {
      const host = await hostDirectory(context);
      const { files } = await context.shared();
      const guest = context.guestPath("merge");
      await mkdir(join(host, "up"));
      await writeFile(join(host, "up", "new"), "new");
      await files.write(`${guest}/old`, "old");
      await files.upload(join(host, "up"), guest);
      assert.deepEqual(
        (await files.list(guest)).map(({ name }) => name),
        ["new", "old"],
      );
      await rejectsWith(
        "download onto a directory",
        files.download(guest, join(host, "up")),
        "already_exists",
      );
      assert.deepEqual(await readdir(join(host, "up")), ["new"]);
      await files.remove(guest, { recursive: true });
    },
  },
  {
    id: "G7.transfer-large",
    guarantee: "G7",
    title: "a large file goes up and comes back with flat memory",
    tools: ["tar"],
    timeoutMs: 60_000,
    async run(context) {
      const host = await hostDirectory(context);
      const sandbox = await context.shared();
      const guest = context.guestPath("large");
      const blocks = context.scale === "full" ? 1024 : 64;
      await pipeline(Readable.from(pattern(blocks)), createWriteStream(join(host, "up")));
      using memory = new MemoryWatch();
      const started = performance.now();
      await sandbox.files.upload(join(host, "up"), guest);
      context.note("up ms", performance.now() - started);
      const turned = performance.now();
      await sandbox.files.download(guest, join(host, "down"));
      context.note("down ms", performance.now() - turned);
      context.note("memory grew by MiB", memory.grownMiB);
      const reader = new PatternReader();
      for await (const data of createReadStream(join(host, "down"))) reader.take(data as Uint8Array);
      assert.equal(reader.bytes, blocks * 2 ** 20);
      memory.mustBeFlat();
      await sandbox.files.remove(guest);
    },
  },
  {
    id: "G8.transfer-crooked-tree",
    guarantee: "G8",
    title: "links in the guest cannot make a download write or read elsewhere on the host",
    tools: ["tar"],
    async run(context) {
      const host = await hostDirectory(context);
      const sandbox = await context.shared();
      const guest = context.guestPath("crooked");
      await mkdir(join(host, "outside"));
      await writeFile(join(host, "outside", "precious"), "of the host");
      const links = `mkdir -p ${guest}/tree; ln -s '${join(host, "outside")}' ${guest}/tree/out; ln -s ../../outside ${guest}/tree/up; ln -s '${join(host, "outside", "precious")}' ${guest}/tree/file; ln -s '${join(host, "outside")}' ${guest}/root; echo x > ${guest}/tree/plain`;
      await sandbox.exec(links, { check: true });
      await sandbox.files.download(`${guest}/tree`, join(host, "tree"));
      // A link comes as a link or, since it leads out of the tree, not at all: what it leads to is not copied.
      for (const name of ["out", "up", "file"]) {
        const found = await lstat(join(host, "tree", name)).catch(() => undefined);
        assert.ok(!found || found.isSymbolicLink(), `what the link ${name} leads to was copied`);
      }
      assert.equal((await readdir(join(host, "outside"))).join(), "precious");
      await sandbox.files
        .download(`${guest}/root`, join(host, "root"))
        .catch((error: unknown) =>
          rejectsWith("a link", Promise.reject(error), "file_failed", "file_not_found"),
        );
      assert.equal(await readFile(join(host, "outside", "precious"), "utf8"), "of the host");
      // A place on the host that is a link to elsewhere is replaced, not followed.
      await symlink(join(host, "outside", "precious"), join(host, "target"));
      await sandbox.files.download(`${guest}/tree/plain`, join(host, "target"));
      assert.equal(await readFile(join(host, "outside", "precious"), "utf8"), "of the host");
      await sandbox.files.remove(guest, { recursive: true });
    },
  },
  {
    id: "G8.transfer-crooked-archive",
    guarantee: "G8",
    title: "a guest whose tar lies cannot make a download write elsewhere on the host",
    needs: needs.ownFiles,
    async run(context) {
      const host = await hostDirectory(context);
      const guest = context.guestPath("liar");
      // The guest's user controls what "tar" is: its archive is not to be trusted.
      const sandbox = await context.create({
        env: { PATH: `${guest}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
      });
      await sandbox.files.write(`${guest}/tree/file`, "x");
      await sandbox.files.write(`${guest}/bin/tar`, standInForTar(guest), { mode: 0o755 });
      await mkdir(join(host, "outside"));
      await writeFile(join(host, "outside", "precious"), "of the host");
      for (const [what, archive] of Object.entries(crookedArchives("tree", join(host, "outside")))) {
        await sandbox.files.write(`${guest}/archive`, archive);
        const place = join(host, "down", what);
        await mkdir(join(host, "down"), { recursive: true });
        await sandbox.files
          .download(`${guest}/tree`, place)
          .catch((error: unknown) =>
            rejectsWith(
              `download of ${what}`,
              Promise.reject(error),
              "file_failed",
              "file_not_found",
              "invalid_argument",
              "adapter_fault",
            ),
          );
        assert.deepEqual(await readdir(join(host, "outside")), ["precious"], `${what} wrote outside`);
        assert.equal(
          await readFile(join(host, "outside", "precious"), "utf8"),
          "of the host",
          `${what} wrote outside`,
        );
        assert.deepEqual(
          (await readdir(host)).sort(),
          ["down", "outside"],
          `${what} wrote beside the target`,
        );
        for (const name of await readdir(join(host, "down")))
          assert.equal(name, what, `${what} wrote beside the target`);
        const found = await stat(place).catch(() => undefined);
        if (found?.isFile()) assert.equal(found.mode & 0o7000, 0, `${what} came with set-user-id`);
        await rm(join(host, "down"), { recursive: true });
      }
    },
  },
]);
