import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckContext, defineChecks } from "../check.js";

/** A directory of the host for one check. */
async function hostDirectory(context: CheckContext): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "conformance-")));
  context.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const target = "/mnt/conformance";

export const mountChecks = defineChecks([
  {
    id: "G8.mount-writable",
    guarantee: "G8",
    title: "a directory mounted writable is the host's: both sides see what the other writes",
    needs: ({ mounts }) => mounts.directories || "mounts.directories is not declared",
    async run(context) {
      const source = await hostDirectory(context);
      await writeFile(join(source, "of-host"), "from the host");
      const sandbox = await context.create({ mounts: [{ source, target, readOnly: false }] });
      const { stdout, exitCode } = await sandbox.exec(
        `cat ${target}/of-host; echo from the guest > ${target}/of-guest`,
      );
      assert.deepEqual([stdout, exitCode], ["from the host", 0]);
      assert.equal(await readFile(join(source, "of-guest"), "utf8"), "from the guest\n");
      await sandbox.destroy();
      assert.equal(
        await readFile(join(source, "of-host"), "utf8"),
        "from the host",
        "destroy took the host's files along",
      );
    },
  },
  {
    id: "G8.mount-read-only",
    guarantee: "G8",
    title: "a directory mounted read-only, which is the default, cannot be changed from the guest",
    needs: ({ mounts }) => (mounts.directories && mounts.readOnly) || "mounts.readOnly is not declared",
    async run(context) {
      const source = await hostDirectory(context);
      await writeFile(join(source, "file"), "as it was");
      const sandbox = await context.create({ mounts: [{ source, target }] });
      assert.equal((await sandbox.exec(["cat", `${target}/file`])).stdout, "as it was");
      for (const change of [
        "echo x > file",
        "echo x > new",
        "rm file",
        "mv file other",
        "mkdir dir",
        "chmod 777 file",
      ]) {
        const { exitCode } = await sandbox.exec(change, { cwd: target });
        assert.notEqual(exitCode, 0, `the guest could do "${change}" in a mount that is read-only`);
      }
      assert.equal(await readFile(join(source, "file"), "utf8"), "as it was");
    },
  },
  {
    id: "G8.mount-file",
    guarantee: "G8",
    title: "a single file can be mounted",
    needs: ({ mounts }) => mounts.files || "mounts.files is not declared",
    async run(context) {
      const source = join(await hostDirectory(context), "config");
      await writeFile(source, "one file");
      const { readOnly } = context.capabilities.mounts;
      const sandbox = await context.create({
        mounts: [{ source, target: "/mnt/conformance.conf", readOnly }],
      });
      assert.equal((await sandbox.exec(["cat", "/mnt/conformance.conf"])).stdout, "one file");
      const { exitCode } = await sandbox.exec("echo changed > /mnt/conformance.conf");
      assert.equal(exitCode !== 0, readOnly, "the file's mode is not the one asked for");
    },
  },
  {
    id: "G8.mount-nested",
    guarantee: "G8",
    title: "a read-only mount inside a writable one keeps its own mode, and the other way round",
    needs: ({ mounts }) => (mounts.nested && mounts.readOnly) || "mounts.nested is not declared",
    async run(context) {
      const [outer, inner] = [await hostDirectory(context), await hostDirectory(context)];
      await mkdir(join(outer, "inner"));
      await writeFile(join(inner, "file"), "of the inner");
      for (const innerReadOnly of [true, false]) {
        const mounts = [
          { source: inner, target: `${target}/inner`, readOnly: innerReadOnly },
          { source: outer, target, readOnly: !innerReadOnly },
        ];
        const sandbox = await context.create({ mounts });
        assert.equal((await sandbox.exec(["cat", `${target}/inner/file`])).stdout, "of the inner");
        const writeOuter = (await sandbox.exec(`: > ${target}/outer-${innerReadOnly}`)).exitCode === 0;
        const writeInner = (await sandbox.exec(`: > ${target}/inner/inner-${innerReadOnly}`)).exitCode === 0;
        assert.deepEqual(
          { writeOuter, writeInner },
          { writeOuter: innerReadOnly, writeInner: !innerReadOnly },
        );
      }
    },
  },
  {
    id: "G12.mount-names",
    guarantee: "G12",
    title: "mount sources and targets with odd names are taken as they are",
    needs: ({ mounts }) => mounts.directories || "mounts.directories is not declared",
    async run(context) {
      const parent = await hostDirectory(context);
      const { readOnly } = context.capabilities.mounts;
      const names = [
        "with space",
        "quote'\"",
        "colon:ro",
        "comma,equals=",
        "$(touch x)`y`",
        "é😀",
        "-dash",
        "back\\slash",
        "star*?[a]",
      ];
      const mounts: { source: string; target: string; readOnly: boolean }[] = [];
      for (const [index, name] of names.entries()) {
        const source = join(parent, name);
        await mkdir(source);
        await writeFile(join(source, "number"), `${index}`);
        mounts.push({ source, target: `/mnt/odd/${name}`, readOnly });
      }
      const sandbox = await context.create({ mounts });
      for (const [index, mount] of mounts.entries()) {
        const { stdout, stderr } = await sandbox.exec(["cat", `${mount.target}/number`]);
        assert.equal(stdout, `${index}`, `${mount.target}: ${stderr}`);
      }
    },
  },
]);
